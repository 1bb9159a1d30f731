import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../report/errors.js';
import {
  type Dtype,
  elementBytes,
  elementCount,
  openForReading,
  readExactly,
  type TensorLocation,
} from './safetensors.js';

/** numpy's names of little-endian dtypes that weights come in. */
const DTYPES = new Map<string, Dtype>([
  ['<f4', 'F32'],
  ['<f2', 'F16'],
  ['<f8', 'F64'],
]);

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
const LONGEST_NPY_HEADER = 0xffff;

/** One file of the archive. */
interface Entry {
  name: string;
  stored: boolean;
  size: number;
  /** Offset of the local header. */
  offset: number;
}

/**
 * Finds the arrays of a numpy archive as `numpy.savez` writes it: a zip of `.npy` files that are stored as they
 * are, so that each array can be read, or mapped into memory, where it lies in the archive. No array is read.
 * Formats: zip APPNOTE 6.3 with zip64; https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @returns the location of every array by name, without `.npy`
 * @throws {InputError} when the file is missing, damaged, compressed, or holds what is not a row-major array of
 *   float16, float32 or float64
 */
export async function readNpz(file: string): Promise<Map<string, TensorLocation>> {
  const handle = await openForReading(file);
  try {
    const archive = new Archive(handle, (await handle.stat()).size, file);
    const arrays = new Map<string, TensorLocation>();
    for (const entry of await archive.entries()) {
      if (entry.name.endsWith('.npy')) arrays.set(entry.name.slice(0, -4), await archive.array(entry));
    }
    return arrays;
  } finally {
    await handle.close();
  }
}

class Archive {
  constructor(
    private readonly handle: FileHandle,
    private readonly size: number,
    private readonly file: string,
  ) {}

  async entries(): Promise<Entry[]> {
    const { count, offset, length } = await this.directory();
    if (length > LONGEST_DIRECTORY) throw this.damaged('its directory is too long');
    const bytes = await this.read(offset, length);
    const entries: Entry[] = [];
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

  async array({ name, stored, size, offset }: Entry): Promise<TensorLocation> {
    if (!stored)
      throw new InputError(
        `${basename(this.file)}: ${name} is compressed or encrypted; expected what numpy.savez writes: write it again with that. [${this.file}]`,
      );
    const local = await this.read(offset, LOCAL_HEADER);
    if (local.toString('latin1', 0, 4) !== 'PK\x03\x04')
      throw this.damaged(`${name} is not where it should be`);
    const start = offset + LOCAL_HEADER + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (start + size > this.size) throw this.damaged(`it ends before ${name} does`);

    const prefix = await this.read(start, Math.min(12, size));
    const version = prefix[6];
    if (prefix.length < 12 || prefix.toString('latin1', 0, 6) !== '\x93NUMPY' || !version || version > 3)
      throw this.damaged(`${name} is not an array`);
    const prefixLength = version === 1 ? 10 : 12;
    const headerLength = version === 1 ? prefix.readUInt16LE(8) : prefix.readUInt32LE(8);
    if (headerLength > LONGEST_NPY_HEADER || prefixLength + headerLength > size)
      throw this.damaged(`the header of ${name} is cut off`);
    const header = (await this.read(start + prefixLength, headerLength)).toString('latin1');

    const { dtype, shape } = this.layout(name, header);
    const length = elementCount(shape) * elementBytes(dtype);
    const dataStart = start + prefixLength + headerLength;
    if (dataStart + length !== start + size)
      throw this.damaged(`${name} should have ${length} bytes and has ${start + size - dataStart}`);
    return { dtype, shape, file: this.file, offset: dataStart, length };
  }

  /** Reads the header of a .npy file, a Python dictionary with exactly these three keys. */
  private layout(name: string, header: string): { dtype: Dtype; shape: number[] } {
    const descr = /'descr': *'([^']*)'/.exec(header)?.[1];
    const order = /'fortran_order': *(True|False)/.exec(header)?.[1];
    const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
    if (descr === undefined || order === undefined || shape === undefined)
      throw this.damaged(`the header of ${name} is not numpy's`);
    const wrong = (what: string) =>
      new InputError(
        `${basename(this.file)}: ${name} ${what}; expected row-major arrays of ${[...DTYPES.keys()].join(', ')}: convert it with numpy. [${this.file}]`,
      );
    if (order === 'True') throw wrong('is in Fortran order');
    const dtype = DTYPES.get(descr);
    if (!dtype) throw wrong(`has dtype ${descr}`);
    const sizes = shape.split(',').filter((size) => size.trim() !== '');
    return { dtype, shape: sizes.map(Number) };
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

  private read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.size) throw this.damaged('cut off');
    return readExactly(this.handle, position, length, this.file);
  }

  private damaged(what: string): InputError {
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
