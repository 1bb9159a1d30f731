import { randomBytes } from 'node:crypto';

/** The name of one command in logs, in questions to the core and in what people are told: short enough to be read out. */
export function commandId(): string {
  return randomBytes(5).toString('hex');
}
