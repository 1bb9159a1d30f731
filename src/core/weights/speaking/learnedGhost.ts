import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LearnedGhost } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import { readVectors } from '../derived/format.js';
import { Checkpoint } from '../files/checkpoint.js';
import type { ModelSource } from '../files/source.js';

/**
 * What was learned for a hook point, from `learned/<hook>.safetensors` in the model's folder: tensors `block` [1], the block
 * after which the ghost stands, `scale` [1] and `bias` [hiddenSize].
 *
 * @returns undefined where nothing ships with the model
 * @throws {InputError} when the file is damaged or of another model
 */
export async function readLearnedGhost(
  { folder, id }: Pick<ModelSource, 'folder' | 'id'>,
  hook: string,
  { layers, hiddenSize }: { layers: number; hiddenSize: number },
): Promise<LearnedGhost | undefined> {
  const file = join(folder, 'learned', `${hook}.safetensors`);
  if (!existsSync(file)) return undefined;
  const vectors = await readVectors(await Checkpoint.openFile(file), ['block', 'scale', 'bias']);
  const { scale, bias } = vectors;
  const block = vectors.block[0]!;
  const fits =
    Number.isInteger(block) &&
    block >= 0 &&
    block < layers - 1 &&
    scale.length === 1 &&
    bias.length === hiddenSize &&
    [...scale, ...bias].every(Number.isFinite);
  if (!fits)
    throw new InputError(
      `learned/${hook}.safetensors does not fit ${id}: remove it, or make it again. [${file}]`,
    );
  return { block, scale: scale[0]!, bias };
}
