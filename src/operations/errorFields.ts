import { oneLine, shorten } from '../text/shorten.js';
import type { Redactor } from './redactor.js';

/** All that a log says of an error: errors of clients also carry requests, headers and answers. */
export interface ErrorFields {
  name: string;
  message: string;
  code?: string | number;
  stack?: string;
}

const LONGEST = 500;
/** Quoted texts in a message, which are mostly what somebody typed or sent. */
const QUOTED = /"[^"]*"|“[^“”]*”|`[^`]*`|(?<![\w])'[^']*'(?!\w)/g;
/** JavaScript's own errors name properties. */
const PROPERTY = /^'[\w$]+'$/;

/**
 * What may be said of an error: its name, code and message, and where it happened when `debug` is on. Quoted texts
 * of messages are left out, because they are contents; errors of the system quote paths, which are kept.
 */
export function errorFields(error: unknown, redactor: Redactor, debug: boolean): ErrorFields {
  if (!(error instanceof Error)) return { name: typeof error, message: message(String(error), redactor) };
  const { name, message: text, stack } = error;
  const code = codeOf(error);
  const isFromSystem = 'syscall' in error && 'errno' in error;
  return {
    name: shorten(redactor.text(String(name)), 100),
    message: isFromSystem ? shorten(redactor.strangers(text), LONGEST) : message(String(text), redactor),
    ...(code !== undefined && { code: typeof code === 'string' ? redactor.text(code) : code }),
    ...(debug && stack && { stack: redactor.text(framesOf(stack)) }),
  };
}

function message(text: string, redactor: Redactor): string {
  const unquoted = redactor.strangers(text).replaceAll(QUOTED, (quoted, at: number, whole: string) => {
    const isProperty =
      /\((?:reading|setting) $/.test(whole.slice(Math.max(0, at - 20), at)) && PROPERTY.test(quoted);
    return isProperty ? quoted : `${quoted[0]}…${quoted.at(-1)}`;
  });
  return oneLine(unquoted, LONGEST);
}

/** `ECONNREFUSED`, `not_in_channel`, 50013: the code of the error, or of its cause. */
function codeOf(error: Error): string | number | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'number' || (typeof code === 'string' && /^[\w.:-]{1,64}$/.test(code))) return code;
  return error.cause instanceof Error ? codeOf(error.cause) : undefined;
}

/** Only the places of a stack, which begins with the message. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim())
    .join('\n');
}
