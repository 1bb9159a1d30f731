import { readable } from '../../commands/index.js';
import { toRequest } from '../../commands/line/grammar.js';
import { parseOptions } from '../../commands/line/options.js';
import { readStore } from '../configuration/environment.js';
import { readConfiguration } from '../configuration/index.js';
import { InputError } from '../core/index.js';
import { type AuditEntry, openStore } from '../store/index.js';
import { SINCE } from './options.js';

/**
 * `ghosttree audit [since=2026-11-01]`: prints who changed schedules and settings, oldest first.
 *
 * @throws {InputError} when the store cannot be opened, or the day is not a day
 */
export async function printAudit(words: readonly string[]): Promise<void> {
  const { words: unexpected, values } = toRequest(words);
  if (unexpected.length > 0)
    throw new InputError('audit takes no words: expected since=2026-11-01, or nothing.');
  const { since } = parseOptions({ values }, [SINCE]);
  const { auditDays } = readConfiguration().settings;
  const store = await openStore(readStore(), { auditDays });
  try {
    for (const entry of await store.audit.since(since ? Date.parse(since) : 0)) {
      process.stdout.write(`${readable(auditLine(entry))}\n`);
    }
  } finally {
    await store.close();
  }
}

function auditLine({ at, person, channel, action, before, after }: AuditEntry): string {
  const change = `${before || '(nothing)'} -> ${after || '(nothing)'}`;
  return `${new Date(at).toISOString()}  ${person}  in ${channel}  ${action}: ${change}`;
}
