import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../../../operations/index.js';
import { oneLine } from '../../../text/shorten.js';

/** Bolt's warnings and errors in our log, without details, which hold messages and addresses with secrets. */
export function boltLogger(log: Log): Logger {
  return {
    debug: () => {},
    info: () => {},
    warn: (...message) => log.info(`Slack: ${line(message)}`),
    error: (...message) => log.fault(`Slack: ${line(message)}`, undefined),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}

function line(message: unknown[]): string {
  const [first] = message;
  const text = first instanceof Error ? first.message : String(first);
  return oneLine(text.replaceAll(/\bx(?:ox[a-z]|app)-[\w-]+/g, '[token]'), 300);
}
