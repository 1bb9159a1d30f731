import { elementCount, type TensorLocation } from '../files/safetensors.js';
import { DerivedFile } from './derivedFile.js';
import { type EmbeddingStatistics, measureEmbeddings } from './embeddingStatistics.js';
import { type Format, readVectors, vector } from './format.js';
import { readOrFindOut } from './result.js';

/** Tables that are smaller, unpacked, are measured so fast that no file is needed. */
const WORTH_KEEPING_BYTES = 64e6;
/** Raised when tables are measured, or the results written, in another way. */
const VERSION = 2;

const STATISTICS: Format<EmbeddingStatistics> = {
  write: ({ centroid, meanDistance, norms, centroidCosines }) => [
    vector('centroid', centroid),
    vector('meanDistance', [meanDistance]),
    vector('norms', norms),
    vector('centroidCosines', centroidCosines),
  ],
  async read(file) {
    const names = ['centroid', 'meanDistance', 'norms', 'centroidCosines'] as const;
    const { meanDistance, ...vectors } = await readVectors(file, names);
    return { ...vectors, meanDistance: meanDistance[0]! };
  },
};

const COMPONENT: Format<Float32Array> = {
  write: (component) => [vector('component', component)],
  read: async (file) => (await readVectors(file, ['component'])).component,
};

/**
 * The statistics of a table, from the prepared folder or measured and, for a large table, kept there.
 *
 * @throws {InputError} when the table cannot be read
 */
export function embeddingStatistics(
  tensor: TensorLocation,
  centered: boolean,
  prepared: string,
  onRows?: (share: number) => void,
): Promise<EmbeddingStatistics> {
  const measure = () => measureEmbeddings(tensor, centered, onRows);
  return fromFile({ tensor, centered, prepared, name: 'embeddings' }, STATISTICS, measure);
}

/**
 * The first principal component of a table, kept likewise.
 *
 * @param find computes it
 */
export function keptComponent(
  tensor: TensorLocation,
  centered: boolean,
  prepared: string,
  find: () => Promise<Float32Array>,
): Promise<Float32Array> {
  return fromFile({ tensor, centered, prepared, name: 'component' }, COMPONENT, find);
}

interface Measured {
  tensor: TensorLocation;
  centered: boolean;
  prepared: string;
  name: string;
}

async function fromFile<Value>(
  { tensor, centered, prepared, name }: Measured,
  format: Format<Value>,
  measure: () => Promise<Value>,
): Promise<Value> {
  const file = await DerivedFile.in(prepared, {
    name: centered ? `${name}.centered` : name,
    version: VERSION,
    sources: [tensor.file],
    settings: tensor.shape,
  });
  const unpacked = Float32Array.BYTES_PER_ELEMENT * elementCount(tensor.shape);
  const keepIn = Math.max(tensor.length, unpacked) >= WORTH_KEEPING_BYTES ? file : undefined;
  return (await readOrFindOut({ files: [file], keepIn, format }, measure)).value;
}
