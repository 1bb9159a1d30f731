import { InputError } from '../core/index.js';
import { oneLine } from '../text/shorten.js';

/** What every request to a server on the web needs, because answers are untrusted. */

/**
 * The body of a response as text.
 *
 * @throws {Error} when it is longer than `mostBytes`
 */
export async function boundedText({ body }: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An honest answer has some ten levels, and some ten thousand lists, objects, keys and items together. */
const MOST_LEVELS = 64;
const MOST_PARTS = 250_000;

/**
 * Reads JSON unless it is made to be slow: deep nesting and masses of small objects block for seconds in `JSON.parse`
 * and in what checks the values, so one pass looks for them first.
 *
 * @throws {Error} when it is not JSON, nested too deeply, or in too many parts
 */
export function parseBoundedJson(text: string): unknown {
  let levels = 0;
  let parts = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (character === ']' || character === '}') levels--;
    if (character === '[' || character === '{') levels++;
    else if (character !== ':' && character !== ',') continue;
    if (levels > MOST_LEVELS) throw new Error(`JSON nested more than ${MOST_LEVELS} levels deep`);
    if (++parts > MOST_PARTS) throw new Error(`JSON of more than ${MOST_PARTS} parts`);
  }
  return JSON.parse(text);
}

/** Index of the quote that ends the string that begins at `start`; the text's length where none does. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The address without slashes at its end. */
export function withoutEndSlashes(url: string): string {
  let end = url.length;
  while (url[end - 1] === '/') end--;
  return url.slice(0, end);
}

/** One line, whatever the error says. */
export function failureReason(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return 'it took too long';
  const text = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return oneLine(text, 200);
}

/** Whether a text is an address with a host, of one of these protocols. */
export function isAddress(text: string, protocols = /^https?:$/): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocols.test(protocol) && hostname !== '';
}

/**
 * The web address that an operator gave. The message does not show it, because it may hold a password.
 *
 * @param name of the variable
 * @throws {InputError} when the text is not a web address
 */
export function webAddress(name: string, text: string, example: string): string {
  if (!isAddress(text))
    throw new InputError(`${name} is no web address; expected something like ${example}.`);
  return text;
}
