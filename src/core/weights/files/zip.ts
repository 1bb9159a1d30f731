import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../report/errors.js';
import { openForReading, readExactly } from './safetensors.js';

/** Lengths of zip's fixed records, in bytes, without names and extra fields. */
const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;
const END_RECORD = 22;
const END_LOCATOR_64 = 20;
const END_RECORD_64 = 56;
/** A zip's comment, which lies after the end record, is at most this long. */
const LONGEST_COMMENT = 0xffff;
/** Stands in a 32-bit field whose value is in the zip64 extra field. */
const IN_ZIP64 = 0xffffffff;
const ZIP64_EXTRA = 1;
/** More than any archive of weights has; keeps a damaged one from filling memory. */
const LONGEST_DIRECTORY = 10_000_000;

/** One file of an archive. */
export interface ZipEntry {
  name: string;
  stored: boolean;
  size: number;
  /** Offset of the local header. */
  offset: number;
}

/** A zip whose files are stored as they are, so that what they hold can be read where it lies. */
export class ZipArchive {
  private constructor(
    private readonly handle: FileHandle,
    private readonly size: number,
    readonly file: string,
  ) {}

  /**
   * Opens an archive for as long as `ask` takes. Format: zip APPNOTE 6.3 with zip64.
   *
   * @throws {InputError} when the file is missing or damaged
   */
  static async with<Result>(file: string, ask: (archive: ZipArchive) => Promise<Result>): Promise<Result> {
    const handle = await openForReading(file);
    try {
      return await ask(new ZipArchive(handle, (await handle.stat()).size, file));
    } finally {
      await handle.close();
    }
  }

  async entries(): Promise<ZipEntry[]> {
    const { count, offset, length } = await this.directory();
    if (length > LONGEST_DIRECTORY) throw this.damaged('its directory is too long');
    const bytes = await this.read(offset, length);
    const entries: ZipEntry[] = [];
    let at = 0;
    for (let i = 0; i < count; i++) {
      if (at + CENTRAL_HEADER > length || bytes.toString('latin1', at, at + 4) !== 'PK\x01\x02')
        throw this.damaged('its directory is cut off');
      const nameLength = bytes.readUInt16LE(at + 28);
      const extraLength = bytes.readUInt16LE(at + 30);
      const nameStart = at + CENTRAL_HEADER;
      const extraStart = nameStart + nameLength;
      const wide = zip64Values(bytes.subarray(extraStart, extraStart + extraLength));
      // The extra field holds only those values that do not fit, in this order.
      const value = (position: number) => {
        const narrow = bytes.readUInt32LE(position);
        if (narrow !== IN_ZIP64) return narrow;
        const next = wide.shift();
        if (next === undefined) throw this.damaged('a size is missing in its directory');
        return next;
      };
      const size = value(at + 24);
      const packed = value(at + 20);
      entries.push({
        name: bytes.toString('utf8', nameStart, extraStart),
        stored:
          bytes.readUInt16LE(at + 10) === 0 && (bytes.readUInt16LE(at + 8) & 1) === 0 && packed === size,
        size,
        offset: value(at + 42),
      });
      at = extraStart + extraLength + bytes.readUInt16LE(at + 32);
    }
    return entries;
  }

  /**
   * Where the content of a file begins.
   *
   * @param writer what writes such archives, for the remedy
   * @throws {InputError} when it is compressed or encrypted, or not in the archive as a whole
   */
  async startOf({ name, stored, size, offset }: ZipEntry, writer: string): Promise<number> {
    if (!stored)
      throw new InputError(
        `${basename(this.file)}: ${name} is compressed or encrypted; expected what ${writer} writes: write it again with that. [${this.file}]`,
      );
    const local = await this.read(offset, LOCAL_HEADER);
    if (local.toString('latin1', 0, 4) !== 'PK\x03\x04')
      throw this.damaged(`${name} is not where it should be`);
    // Sizes are the directory's: the local header may leave them out.
    const start = offset + LOCAL_HEADER + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (start + size > this.size) throw this.damaged(`it ends before ${name} does`);
    return start;
  }

  /** Where the central directory lies: in the end record, or in zip64's where values do not fit there. */
  private async directory(): Promise<{ count: number; offset: number; length: number }> {
    const tailLength = Math.min(this.size, END_RECORD + LONGEST_COMMENT);
    const tail = await this.read(this.size - tailLength, tailLength);
    const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    if (end < 0 || end + END_RECORD > tailLength) throw this.damaged('it has no end record');
    const narrow = {
      count: tail.readUInt16LE(end + 10),
      length: tail.readUInt32LE(end + 12),
      offset: tail.readUInt32LE(end + 16),
    };
    const locator = end - END_LOCATOR_64;
    if (locator < 0 || tail.toString('latin1', locator, locator + 4) !== 'PK\x06\x07') return narrow;
    const record = await this.read(this.position(tail, locator + 8), END_RECORD_64);
    if (record.toString('latin1', 0, 4) !== 'PK\x06\x06')
      throw this.damaged('its zip64 end record is missing');
    return {
      count: this.position(record, 32),
      length: this.position(record, 40),
      offset: this.position(record, 48),
    };
  }

  private position(bytes: Buffer, at: number): number {
    return Number(bytes.readBigUInt64LE(at));
  }

  /** @throws {InputError} when the file ends before */
  read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.size) throw this.damaged('cut off');
    return readExactly(this.handle, position, length, this.file);
  }

  damaged(what: string): InputError {
    return new InputError(`${basename(this.file)} is damaged (${what}): fetch it again. [${this.file}]`);
  }
}

/** The 64-bit values of the zip64 extra field, if there is one. */
function zip64Values(extra: Buffer): number[] {
  const values: number[] = [];
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_EXTRA) continue;
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    for (let value = at + 4; value + 8 <= end; value += 8) values.push(Number(extra.readBigUInt64LE(value)));
  }
  return values;
}
