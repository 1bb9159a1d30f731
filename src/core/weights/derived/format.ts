import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Checkpoint } from '../files/checkpoint.js';
import { readBytes, readElements } from '../files/safetensors.js';
import { bytesOf, type TensorToWrite } from '../files/safetensorsWriter.js';

const JSON_TENSOR = 'json.gz';

/** How a result is written as tensors, and read again. */
export interface Format<Value> {
  write(value: Value): readonly TensorToWrite[] | Promise<readonly TensorToWrite[]>;
  /** @returns undefined where what the file holds cannot be used */
  read(file: Checkpoint): Promise<Value | undefined>;
}

/** Numbers as a tensor; float32 holds every whole number below 2^24 exactly, all token ids too. */
export function vector(name: string, values: ArrayLike<number>): TensorToWrite {
  const data = Float32Array.from(values);
  return { name, dtype: 'F32', shape: [data.length], pieces: () => [bytesOf(data)] };
}

/**
 * Vectors of a file, by name.
 *
 * @throws {InputError} when there is none of a name
 */
export async function readVectors<Name extends string>(
  file: Checkpoint,
  names: readonly Name[],
): Promise<Record<Name, Float32Array>> {
  const entries = names.map(async (name) => [
    name,
    await readElements(file.tensor(name, file.shape(name) ?? [])),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Plain data as a tensor of bytes: JSON, compressed. */
export async function jsonTensor(value: unknown): Promise<TensorToWrite> {
  const bytes = await promisify(gzip)(JSON.stringify(value), { level: 9 });
  return { name: JSON_TENSOR, dtype: 'U8', shape: [bytes.length], pieces: () => [bytes] };
}

/** What `jsonTensor` wrote. @throws Error when there is none */
export async function readJsonTensor(file: Checkpoint): Promise<unknown> {
  const bytes = await readBytes(file.tensor(JSON_TENSOR, file.shape(JSON_TENSOR) ?? []));
  return JSON.parse((await promisify(gunzip)(bytes)).toString());
}
