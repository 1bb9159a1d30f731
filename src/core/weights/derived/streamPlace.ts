import { PARITY_PASSAGES } from '../../features/activation/parityText.js';
import type { StreamPlace } from '../../model/model.js';
import type { ModelSource } from '../files/source.js';
import { filesOfModel } from './baseline.js';
import type { Derivation } from './derivedFile.js';
import { type Format, readVectors, vector } from './format.js';

/** Raised when places are measured, or written, in another way. */
const VERSION = 1;

export const STREAM_PLACE: Format<StreamPlace> = {
  write: ({ mean, unit }) => [vector('mean', mean), vector('unit', [unit])],
  async read(file) {
    const { mean, unit } = await readVectors(file, ['mean', 'unit']);
    return { mean, unit: unit[0]! };
  },
};

/** The mean of the residual stream after a block, and the typical distance from it. */
export async function streamPlaceOf(
  { folder, dtype }: Pick<ModelSource, 'folder' | 'dtype'>,
  block: number,
): Promise<Derivation> {
  return {
    name: `blocks.${block}.place.${dtype}`,
    version: VERSION,
    sources: await filesOfModel(folder),
    settings: [PARITY_PASSAGES],
  };
}
