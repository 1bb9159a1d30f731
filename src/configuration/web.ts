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
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}
