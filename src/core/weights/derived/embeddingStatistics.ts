import { basename } from 'node:path';
import { InputError } from '../../report/errors.js';
import { readElements, type TensorLocation } from '../files/safetensors.js';

/** Rows read at a time: bounds memory at rows * width * 4 bytes. */
const ROWS_AT_A_TIME = 4096;

/** What the methods need to know of a table of input embeddings. */
export interface EmbeddingStatistics {
  /** Mean of all embeddings [width]. */
  centroid: Float32Array;
  /** Mean Euclidean distance of the embeddings from the centroid. */
  meanDistance: number;
  /** Length of each embedding [size]. */
  norms: Float32Array;
  /** cos(centroid, e_t) for every token [size]; 0 for an embedding of length 0. */
  centroidCosines: Float32Array;
}

/**
 * Measures a table in two passes over its file, in float64.
 *
 * @param tensor [size, width]
 * @param centered whether each row's own mean over the width is subtracted first, as SAEs trained with
 *   `center_writing_weights` see the residual stream
 * @param onRows called with the share of the work that is done
 * @throws {InputError} naming the first row with a number that is not finite
 */
export async function measureEmbeddings(
  tensor: TensorLocation,
  centered: boolean,
  onRows: (share: number) => void = () => {},
): Promise<EmbeddingStatistics> {
  const [size, width] = tensor.shape as [number, number];
  const sum = new Float64Array(width);
  const norms = new Float32Array(size);
  await forEachChunk(tensor, centered, (chunk, first) => {
    for (let start = 0; start < chunk.length; start += width) {
      let squares = 0;
      for (let i = 0; i < width; i++) {
        const value = chunk[start + i]!;
        sum[i]! += value;
        squares += value * value;
      }
      const row = first + start / width;
      if (!Number.isFinite(squares)) throw notFinite(tensor, row);
      norms[row] = Math.sqrt(squares);
    }
    onRows((first + chunk.length / width) / size / 2);
  });

  const centroid = Float32Array.from(sum, (value) => value / size);
  const centroidNorm = Math.hypot(...centroid);
  const centroidCosines = new Float32Array(size);
  let distances = 0;
  await forEachChunk(tensor, centered, (chunk, first) => {
    for (let start = 0; start < chunk.length; start += width) {
      let product = 0;
      let squares = 0;
      for (let i = 0; i < width; i++) {
        const value = chunk[start + i]!;
        product += value * centroid[i]!;
        squares += (value - centroid[i]!) ** 2;
      }
      distances += Math.sqrt(squares);
      const token = first + start / width;
      centroidCosines[token] = norms[token] ? product / (norms[token]! * centroidNorm || 1) : 0;
    }
    onRows((1 + (first + chunk.length / width) / size) / 2);
  });
  return { centroid, meanDistance: distances / size, norms, centroidCosines };
}

function notFinite({ file }: TensorLocation, row: number): InputError {
  return new InputError(
    `${basename(file)}: row ${row} of the table of embeddings has a number that is not finite (NaN or infinity): fetch the model again, or choose another. [${file}]`,
  );
}

/**
 * Reads a table of embeddings piece by piece.
 *
 * @param visit gets whole rows and the index of the first
 */
export async function forEachChunk(
  tensor: TensorLocation,
  centered: boolean,
  visit: (chunk: Float32Array, first: number) => void | Promise<void>,
): Promise<void> {
  const [size, width] = tensor.shape as [number, number];
  for (let first = 0; first < size; first += ROWS_AT_A_TIME) {
    const count = Math.min(ROWS_AT_A_TIME, size - first);
    const chunk = await readElements(tensor, first * width, count * width);
    if (centered)
      for (let row = 0; row < count; row++) center(chunk.subarray(row * width, (row + 1) * width));
    await visit(chunk, first);
  }
}

/** Subtracts a vector's mean over its components, in place. */
export function center(vector: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]!;
  const mean = sum / vector.length;
  for (let i = 0; i < vector.length; i++) vector[i]! -= mean;
  return vector;
}
