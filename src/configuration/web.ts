import { InputError } from '../core/index.js';
import { oneLine } from '../text/shorten.js';

/** What every question to a server on the web needs: strangers answer. */

/**
 * The body of a response as text.
 *
 * @throws {Error} when it is longer than any honest one
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
 * The web address that an operator gave. The message does not hold it: there may be a password in it.
 *
 * @param name of the variable
 * @throws {InputError} when the text is none
 */
export function webAddress(name: string, text: string, example: string): string {
  if (!isAddress(text))
    throw new InputError(`${name} is no web address; expected something like ${example}.`);
  return text;
}
