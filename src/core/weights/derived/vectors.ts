import type { Checkpoint } from '../files/checkpoint.js';
import { readElements } from '../files/safetensors.js';
import { bytesOf, type TensorToWrite } from '../files/safetensorsWriter.js';

/** Numbers as a tensor of a derived file; float32 holds every whole number below 2^24 exactly, all token ids too. */
export function vectorTensor(name: string, values: ArrayLike<number>): TensorToWrite {
  const data = Float32Array.from(values);
  return { name, dtype: 'F32', shape: [data.length], pieces: () => [bytesOf(data)] };
}

/** The numbers of a derived file's vector; undefined where the file is not there or was made by another version. */
export async function readVector(
  kept: Checkpoint | undefined,
  name: string,
): Promise<Float32Array | undefined> {
  const shape = kept?.shape(name);
  return shape && readElements(kept!.tensor(name, shape));
}
