import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.js';

/** An error in the Hub's form. */
export function sendError(response: ServerResponse, status: number, message: string, code?: string): void {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'X-Request-Id': 'Root=1-loopback',
    'X-Error-Message': message,
    ...(code && { 'X-Error-Code': code }),
  });
  response.end(JSON.stringify({ error: message }));
}

/**
 * A file, or the range of it that was asked for, with what goes wrong on the way.
 *
 * @param onSent told the bytes of each piece before it is sent
 */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  etag: string,
  fault: Fault | undefined,
  onSent: (bytes: number) => void,
): Promise<void> {
  const range = fault?.wholeOnly ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const first = range ? Number(range[1]) : 0;
  const last = Math.min(content.length - 1, range?.[2] ? Number(range[2]) : content.length - 1);
  if (range && first >= content.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${content.length}` }).end();
    return;
  }
  const body = Buffer.from(content.subarray(first, last + 1));
  if (fault?.damaged) body[body.length >> 1]! ^= 0xff;
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': body.length,
    'Accept-Ranges': 'bytes',
    ETag: etag,
    ...(range && { 'Content-Range': `bytes ${first}-${last}/${content.length}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  const end = Math.min(body.length, fault?.dropAfter ?? fault?.stallAfter ?? body.length);
  const piece = fault?.slow?.bytes ?? 65_536;
  for (let from = 0; from < end; from += piece) {
    if (response.destroyed) return;
    const bytes = body.subarray(from, Math.min(end, from + piece));
    onSent(bytes.length);
    // What was written must be on its way before a connection is cut.
    await new Promise((done) => response.write(bytes, done));
    if (fault?.slow) await sleep(fault.slow.milliseconds);
  }
  if (fault?.dropAfter !== undefined) response.destroy();
  else if (fault?.stallAfter === undefined) response.end();
}
