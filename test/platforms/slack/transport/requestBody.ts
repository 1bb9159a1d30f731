import type { IncomingMessage } from 'node:http';
import { isFields } from '../args.js';
import type { Fields } from '../types.js';

export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export interface Body {
  kind: 'form' | 'json';
  /** Arguments of body and query; null when the body is not what its content type says. */
  args: Fields | null;
}

/** Arguments from the query, a form or JSON. */
export function readArgs(request: IncomingMessage, bytes: Buffer): Body {
  const type = String(request.headers['content-type'] ?? '');
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams);
  if (!type.startsWith('application/json')) {
    return { kind: 'form', args: { ...query, ...Object.fromEntries(new URLSearchParams(bytes.toString())) } };
  }
  try {
    const parsed: unknown = JSON.parse(bytes.toString());
    return { kind: 'json', args: isFields(parsed) ? { ...query, ...parsed } : null };
  } catch {
    return { kind: 'json', args: null };
  }
}

/** The file in an upload: raw bytes, or the only file part of a multipart form. */
export async function readUpload(request: IncomingMessage): Promise<Buffer> {
  const bytes = await readBytes(request);
  const type = String(request.headers['content-type'] ?? '');
  if (!type.startsWith('multipart/form-data')) return bytes;
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  for (const [, part] of form) {
    if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  }
  return Buffer.alloc(0);
}
