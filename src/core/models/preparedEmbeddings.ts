import { existsSync } from 'node:fs';
import { Checkpoint } from './checkpoint.js';
import { type EmbeddingStatistics, measureEmbeddings } from './embeddingStatistics.js';
import { preparedFile, removeStale } from './preparedFile.js';
import { readElements, type TensorLocation } from './safetensors.js';
import { bytesOf, type TensorToWrite, writeSafetensors } from './safetensorsWriter.js';

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
  if (existsSync(file)) return readStatistics(file, tensor);
  const statistics = await measureEmbeddings(tensor, centered, onRows);
  if (tensor.length >= WORTH_KEEPING_BYTES) {
    const { centroid, meanDistance, norms, centroidCosines } = statistics;
    // A folder that cannot be written costs time at every start, nothing else.
    await writeSafetensors(file, [
      vector('centroid', centroid),
      vector('mean_distance', Float32Array.of(meanDistance)),
      vector('norms', norms),
      vector('centroid_cosines', centroidCosines),
    ]).then(
      () => removeStale(prepared, name, file),
      () => {},
    );
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
  if (existsSync(file)) return readVector(file, 'component', tensor.shape[1]!);
  const component = await find();
  if (tensor.length >= WORTH_KEEPING_BYTES) {
    await writeSafetensors(file, [vector('component', component)]).then(
      () => removeStale(prepared, name, file),
      () => {},
    );
  }
  return component;
}

async function readStatistics(file: string, { shape }: TensorLocation): Promise<EmbeddingStatistics> {
  const [size, width] = shape as [number, number];
  const [centroid, meanDistance, norms, centroidCosines] = await Promise.all([
    readVector(file, 'centroid', width),
    readVector(file, 'mean_distance', 1),
    readVector(file, 'norms', size),
    readVector(file, 'centroid_cosines', size),
  ]);
  return { centroid, meanDistance: meanDistance[0]!, norms, centroidCosines };
}

async function readVector(file: string, name: string, size: number): Promise<Float32Array> {
  const checkpoint = await Checkpoint.openFile(file);
  return readElements(checkpoint.tensor(name, [size]));
}

function vector(name: string, values: Float32Array): TensorToWrite {
  return { name, dtype: 'F32', shape: [values.length], pieces: () => [bytesOf(values)] };
}
