import type { ErrorFields } from './errorFields.js';

/** A line of the log for people at a terminal: `09:30:01 An answer failed: fetch failed (id=3f9a2c1b7d)`. */
export function readableLine(json: string): string {
  const { level, time, message, error, pid, hostname, ...fields } = JSON.parse(json) as {
    level: string;
    time: string;
    message: string;
    error?: ErrorFields;
  } & Record<string, unknown>;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const said = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const details = said.length > 0 ? ` (${said.join(' ')})` : '';
  const frames = error?.stack ? error.stack.replaceAll(/^/gm, '\n    ') : '';
  // One line, whatever a stranger's answer put into it.
  const sentence = `${message}${error ? reason(error) : ''}${details}`.replaceAll(/\p{Cc}+/gu, ' ');
  return `${clock} ${sentence}${frames}\n`;
}

function reason({ name, message, code }: ErrorFields): string {
  const isTold = code === undefined || message.includes(String(code));
  return `: ${message || name}${isTold ? '' : ` [${code}]`}`;
}
