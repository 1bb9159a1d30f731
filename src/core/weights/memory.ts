import { staysPacked } from './files/gguf/types/fourBits.js';
import { QUANTISATIONS, STORED_BLOCKS } from './files/quantise.js';
import { type Dtype, elementBytes } from './files/safetensors.js';
import { isRounded, type ModelSource, type WeightType } from './files/source.js';
import { openModelFolder } from './modelFolder.js';

/**
 * What an open model takes besides its weights: tokenizer, statistics of its embeddings, keys and values of a tree and
 * the scores of a batch. `npm run bench:models` measures 0.33 GB for GPT-2 small and 0.66 for Gemma-2B at the peak, a
 * part of which is the check that each SAE gets once.
 */
const BESIDES_WEIGHTS = 600e6;
/** For small models, which take less than that: as a multiple of their weights. */
const SHARE_BESIDES = 2;

/**
 * Memory that a model will take, in bytes, from the headers of its files.
 *
 * @throws {InputError} when a file is missing or damaged
 */
export async function memoryNeeded({ folder, dtype }: ModelSource): Promise<number> {
  const { checkpoint } = await openModelFolder(folder);
  const weights = checkpoint.all.reduce(
    (sum, { dtype: storedType, length }) =>
      sum + (length / elementBytes(storedType)) * bytesPerWeight(dtype, storedType),
    0,
  );
  return weights + Math.min(BESIDES_WEIGHTS, SHARE_BESIDES * weights);
}

function bytesPerWeight(dtype: WeightType, storedType: Dtype): number {
  if (isRounded(dtype)) {
    const { bits, blockSize } = QUANTISATIONS[dtype];
    return bits / 8 + 4 / blockSize;
  }
  if (dtype === 'float32' || !staysPacked(storedType)) return 4;
  // A scale and an offset.
  return STORED_BLOCKS.bits / 8 + 8 / STORED_BLOCKS.blockSize;
}
