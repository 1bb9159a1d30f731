/** What a GGUF file says of itself, as it stands there. */
export interface GgufRecords {
  metadata: Map<string, unknown>;
  tensors: GgufRecord[];
  /** Where they end. */
  end: number;
}

/** What it says of one tensor; sizes with the fastest axis first. */
export interface GgufRecord {
  name: string;
  sizes: bigint[];
  type: number;
  /** From where the tensors' data begin. */
  offset: bigint;
}

/** Why records cannot be read. */
export class GgufFault extends Error {}
/** They go on behind the bytes that were given. */
export class GgufCut extends Error {}

/** More than any model has: lists are vocabularies and merges, strings are tokens and templates. */
const MOST = { elements: 2 ** 21, stringBytes: 10_000_000, axes: 4, depth: 3 };

const STRING = 8;
const ARRAY = 9;
type Reading = (bytes: Buffer, at: number) => unknown;
/** Numbers by their type in the file: bytes, and how they are read. */
const NUMBERS = new Map<number, [size: number, read: Reading]>([
  [0, [1, (bytes, at) => bytes.readUInt8(at)]],
  [1, [1, (bytes, at) => bytes.readInt8(at)]],
  [2, [2, (bytes, at) => bytes.readUInt16LE(at)]],
  [3, [2, (bytes, at) => bytes.readInt16LE(at)]],
  [4, [4, (bytes, at) => bytes.readUInt32LE(at)]],
  [5, [4, (bytes, at) => bytes.readInt32LE(at)]],
  [6, [4, (bytes, at) => bytes.readFloatLE(at)]],
  [7, [1, (bytes, at) => bytes.readUInt8(at) !== 0]],
  [10, [8, (bytes, at) => bytes.readBigUInt64LE(at)]],
  [11, [8, (bytes, at) => bytes.readBigInt64LE(at)]],
  [12, [8, (bytes, at) => bytes.readDoubleLE(at)]],
]);

/**
 * Reads the keys and the descriptions of tensors of a GGUF file of version 2 or 3
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 *
 * @param bytes the file from its beginning on
 * @param start where the first key stands
 * @throws {GgufFault} when they are not what the format allows
 * @throws {GgufCut} when they go on behind `bytes`
 */
export function readRecords(bytes: Buffer, start: number, keys: number, tensors: number): GgufRecords {
  const cursor = new Cursor(bytes, start);
  const metadata = new Map<string, unknown>();
  for (let i = 0; i < keys; i++) {
    const key = cursor.string();
    metadata.set(key, cursor.value(cursor.uint32(), key, 0));
  }
  const records: GgufRecord[] = [];
  for (let i = 0; i < tensors; i++) {
    const name = cursor.string();
    const axes = cursor.uint32();
    if (axes > MOST.axes) throw new GgufFault(`"${name.slice(0, 100)}" has ${axes} axes`);
    const sizes = Array.from({ length: axes }, () => cursor.uint64());
    records.push({ name, sizes, type: cursor.uint32(), offset: cursor.uint64() });
  }
  return { metadata, tensors: records, end: cursor.at };
}

class Cursor {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  uint32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  uint64(): bigint {
    return this.bytes.readBigUInt64LE(this.take(8));
  }

  string(): string {
    const length = this.uint64();
    if (length > MOST.stringBytes) throw new GgufFault(`a string of ${length} bytes`);
    const at = this.take(Number(length));
    return this.bytes.toString('utf8', at, this.at);
  }

  value(type: number, key: string, depth: number): unknown {
    const number = NUMBERS.get(type);
    if (number) return number[1](this.bytes, this.take(number[0]));
    if (type === STRING) return this.string();
    if (type !== ARRAY || depth === MOST.depth)
      throw new GgufFault(`"${key.slice(0, 100)}" is of the type ${type}`);
    const elementType = this.uint32();
    const length = this.uint64();
    if (length > MOST.elements) throw new GgufFault(`"${key.slice(0, 100)}" lists ${length} values`);
    // Not of that length at once: a list may promise more than the file holds.
    const elements: unknown[] = [];
    for (let i = 0; i < length; i++) elements.push(this.value(elementType, key, depth + 1));
    return elements;
  }

  /** Where the next `length` bytes begin. */
  private take(length: number): number {
    const { at } = this;
    if (at + length > this.bytes.length) throw new GgufCut();
    this.at = at + length;
    return at;
  }
}
