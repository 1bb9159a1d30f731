import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { z } from 'zod';

/** Stands in the header for the checksum while that is computed; it is as long. */
export const BLANK = '0'.repeat(64);

const DIGEST = '{"__metadata__":{"sha256":"';
/** Bytes before the header, which hold its length. */
const PREFIX = 8;
/** Headers that `writeSafetensors` makes are far smaller. */
const MOST_HEADER_BYTES = 20e6;
/** Bytes read at a time. */
const PIECE = 4 << 20;

const Header = z.looseObject({ __metadata__: z.record(z.string(), z.string()) });

/** Where the checksum stands in what begins with a header's length and the header. */
export function digestAt(header: Buffer): number {
  return header.indexOf(DIGEST) + DIGEST.length;
}

/**
 * The `__metadata__` of a file that `writeSafetensors` wrote, after all its bytes were held against their checksum:
 * the SHA-256 of the file with 64 zeros in the place of the checksum.
 *
 * @throws Error when it is damaged, cut off, no file, or without a checksum
 */
export async function readMetadata(file: string): Promise<Record<string, string>> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { header, metadata } = await readHeader(handle, size);
    const { sha256 } = metadata;
    const at = digestAt(header);
    if (!sha256 || header.subarray(at, at + BLANK.length).toString() !== sha256)
      throw new Error('no checksum');
    header.write(BLANK, at);
    const hash = createHash('sha256').update(header);
    for (let done = header.length; done < size; done += PIECE)
      hash.update(await piece(handle, done, Math.min(PIECE, size - done)));
    if (hash.digest('hex') !== sha256) throw new Error('wrong checksum');
    return metadata;
  } finally {
    await handle.close();
  }
}

/**
 * The same without a look at the bytes behind the header.
 *
 * @throws Error when it is no such file
 */
export async function readMetadataUnchecked(file: string): Promise<Record<string, string>> {
  const handle = await open(file, 'r');
  try {
    return (await readHeader(handle, (await handle.stat()).size)).metadata;
  } finally {
    await handle.close();
  }
}

/** The bytes of length and header, and what the header says of the file. */
async function readHeader(handle: FileHandle, size: number) {
  const length = size < PREFIX ? 0 : Number((await piece(handle, 0, PREFIX)).readBigUInt64LE());
  if (length === 0 || length > MOST_HEADER_BYTES || PREFIX + length > size) throw new Error('no header');
  const header = await piece(handle, 0, PREFIX + length);
  const { __metadata__: metadata } = Header.parse(JSON.parse(header.subarray(PREFIX).toString()));
  return { header, metadata };
}

async function piece(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new Error('cut off');
    done += bytesRead;
  }
  return bytes;
}
