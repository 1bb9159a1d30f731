import { oneLine, shorten } from '../text/shorten.js';
import type { Redactor } from './redactor.js';

/** All that a log says of an error. Errors of clients carry requests, headers and answers besides. */
export interface ErrorFields {
  name: string;
  message: string;
  code?: string | number;
  stack?: string;
}

const LONGEST = 500;
/** What a text between quotes may be that a message quotes: mostly what somebody typed, said or sent. */
const QUOTED = /"[^"]*"|“[^“”]*”|`[^`]*`|(?<![\w])'[^']*'(?!\w)/g;
/** JavaScript's own errors name properties. */
const PROPERTY = /^'[\w$]+'$/;

/**
 * What may be said of an error: its name, code and message, and where it happened when `debug` is on. Quoted texts
 * of messages are left out, because they are contents; the system's own errors quote paths, and those are told.
 */
export function errorFields(error: unknown, redactor: Redactor, debug: boolean): ErrorFields {
  if (!(error instanceof Error)) return { name: typeof error, message: message(String(error), redactor) };
  const { name, message: text, stack } = error;
  const code = codeOf(error);
  const isSystems = 'syscall' in error && 'errno' in error;
  return {
    name: shorten(redactor.text(String(name)), 100),
    message: isSystems ? shorten(redactor.strangers(text), LONGEST) : message(String(text), redactor),
    ...(code !== undefined && { code: typeof code === 'string' ? redactor.text(code) : code }),
    ...(debug && stack && { stack: redactor.text(framesOf(stack)) }),
  };
}

function message(text: string, redactor: Redactor): string {
  const unquoted = redactor.strangers(text).replaceAll(QUOTED, (quoted, at: number, whole: string) => {
    const isRead =
      /\((?:reading|setting) $/.test(whole.slice(Math.max(0, at - 20), at)) && PROPERTY.test(quoted);
    return isRead ? quoted : `${quoted[0]}…${quoted.at(-1)}`;
  });
  return oneLine(unquoted, LONGEST);
}

/** `ECONNREFUSED`, `not_in_channel`, 50013: its own, or that of what caused it. */
function codeOf(error: Error): string | number | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'number' || (typeof code === 'string' && /^[\w.:-]{1,64}$/.test(code))) return code;
  return error.cause instanceof Error ? codeOf(error.cause) : undefined;
}

/** The places only: a stack begins with the message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}
