import type { IncomingMessage } from 'node:http';
import type { Upload } from '../forms/message.js';
import { ApiError, refusal } from '../protocol/errors.js';
import { LIMITS } from '../protocol/limits.js';

/** A request body: its JSON, and the files of a multipart one. */
export interface Body {
  readonly json: unknown;
  readonly uploads: Upload[];
}

/** The raw bytes of a request. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Understands JSON and multipart with `payload_json` and `files[n]`; refuses what is too large. */
export async function parseBody(bytes: Buffer, contentType: string): Promise<Body> {
  if (bytes.length > LIMITS.requestBytes) throw refusal('tooLarge');
  if (contentType.startsWith('multipart/form-data')) return parseMultipart(bytes, contentType);
  if (bytes.length === 0) return { json: undefined, uploads: [] };
  if (!contentType.startsWith('application/json')) throw refusal('badRequest');
  return { json: parseJson(bytes.toString()), uploads: [] };
}

async function parseMultipart(bytes: Buffer, contentType: string): Promise<Body> {
  const body = new Uint8Array(bytes);
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData().catch(() => {
    throw refusal('badRequest');
  });
  let json: unknown;
  const uploads: Upload[] = [];
  for (const [name, value] of form.entries()) {
    if (name === 'payload_json' && typeof value === 'string') {
      json = parseJson(value);
    } else if (typeof value !== 'string') {
      const index = /^files?\[(\d+)\]$/.exec(name)?.[1];
      uploads.push({
        index: index === undefined ? uploads.length : Number(index),
        filename: value.name,
        contentType: value.type || 'application/octet-stream',
        bytes: Buffer.from(await value.arrayBuffer()),
      });
    }
  }
  const size = uploads.reduce((sum, upload) => sum + upload.bytes.length, 0);
  if (size > LIMITS.uploadBytes) throw refusal('tooLarge');
  if (uploads.length > LIMITS.files) {
    throw new ApiError(400, 30015, `Maximum number of attachments in a message reached (${LIMITS.files})`);
  }
  return { json, uploads };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal('invalidJson');
  }
}
