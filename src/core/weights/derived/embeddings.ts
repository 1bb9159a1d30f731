import type { Checkpoint } from '../files/checkpoint.js';
import { readElements, type TensorLocation } from '../files/safetensors.js';
import { bytesOf, type TensorToWrite } from '../files/safetensorsWriter.js';
import { type EmbeddingStatistics, measureEmbeddings } from './embeddingStatistics.js';
import { keepPrepared, openPrepared, preparedFile } from './file.js';

/** Smaller tables are measured faster than a file is worth. */
const WORTH_KEEPING_BYTES = 64e6;

/**
 * The statistics of a table, from the prepared folder or measured and, for a large table, kept there.
 *
 * @throws {InputError} when the table cannot be read
 */
export async function embeddingStatistics(
  tensor: TensorLocation,
  centered: boolean,
  prepared: string,
  onRows?: (share: number) => void,
): Promise<EmbeddingStatistics> {
  const name = centered ? 'embeddings.centered' : 'embeddings';
  const file = await preparedFile(prepared, name, [tensor.file]);
  const kept = await openPrepared(file);
  if (kept) return readStatistics(kept, tensor);
  const statistics = await measureEmbeddings(tensor, centered, onRows);
  if (tensor.length >= WORTH_KEEPING_BYTES) {
    const { centroid, meanDistance, norms, centroidCosines } = statistics;
    await keepPrepared(file, name, [
      vector('centroid', centroid),
      vector('mean_distance', Float32Array.of(meanDistance)),
      vector('norms', norms),
      vector('centroid_cosines', centroidCosines),
    ]);
  }
  return statistics;
}

/**
 * The first principal component of a table, kept likewise.
 *
 * @param find computes it
 */
export async function keptComponent(
  tensor: TensorLocation,
  centered: boolean,
  prepared: string,
  find: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const name = centered ? 'component.centered' : 'component';
  const file = await preparedFile(prepared, name, [tensor.file]);
  const kept = await openPrepared(file);
  if (kept) return readVector(kept, 'component', tensor.shape[1]!);
  const component = await find();
  if (tensor.length >= WORTH_KEEPING_BYTES) {
    await keepPrepared(file, name, [vector('component', component)]);
  }
  return component;
}

async function readStatistics(file: Checkpoint, { shape }: TensorLocation): Promise<EmbeddingStatistics> {
  const [size, width] = shape as [number, number];
  const [centroid, meanDistance, norms, centroidCosines] = await Promise.all([
    readVector(file, 'centroid', width),
    readVector(file, 'mean_distance', 1),
    readVector(file, 'norms', size),
    readVector(file, 'centroid_cosines', size),
  ]);
  return { centroid, meanDistance: meanDistance[0]!, norms, centroidCosines };
}

function readVector(file: Checkpoint, name: string, size: number): Promise<Float32Array> {
  return readElements(file.tensor(name, [size]));
}

function vector(name: string, values: Float32Array): TensorToWrite {
  return { name, dtype: 'F32', shape: [values.length], pieces: () => [bytesOf(values)] };
}
