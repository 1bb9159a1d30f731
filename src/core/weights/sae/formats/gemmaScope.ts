import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { Checkpoint, readJson } from '../../files/checkpoint.js';
import { jumpReluConfig } from './config.js';
import { renamed, type SaeContent, sizesOf } from './stored.js';

export const GEMMA_SCOPE = 'params.npz';
export const GEMMA_SCOPE_2 = { config: 'config.json', weights: 'params.safetensors' };

const PLACES = { W_enc: 'W_enc', W_dec: 'W_dec', b_enc: 'b_enc', b_dec: 'b_dec', threshold: 'threshold' };
/** Later releases write the matrices in small letters. */
const PLACES_2 = { ...PLACES, W_enc: 'w_enc', W_dec: 'w_dec' };

/** Gemma Scope (Lieberum et al. 2024): params.npz, without a config. */
export async function gemmaScope(folder: string): Promise<SaeContent> {
  const file = join(folder, GEMMA_SCOPE);
  const { entries } = await Checkpoint.openFile(file);
  const all = new Map(entries);
  const tensors = renamed(all, all.has('w_enc') ? PLACES_2 : PLACES);
  return { config: jumpReluConfig(sizesOf(tensors, folder)), tensors, files: [file] };
}

const Config2 = z.looseObject({
  hf_hook_point_in: z.string(),
  architecture: z.literal('jump_relu'),
  type: z.string().nullish(),
});

/** Gemma Scope 2 (2025): config.json and params.safetensors. @throws {InputError} when it reads another place */
export async function gemmaScope2(folder: string): Promise<SaeContent> {
  const files = [join(folder, GEMMA_SCOPE_2.config), join(folder, GEMMA_SCOPE_2.weights)] as const;
  const { hf_hook_point_in: place, type } = await readJson(files[0], Config2);
  const layer = /^model\.layers\.(\d+)\.output$/.exec(place)?.[1];
  if (layer === undefined || (type ?? 'sae') !== 'sae')
    throw new InputError(
      `The ${type ?? 'sae'} in ${folder} reads ${place}; SAEs of the residual stream (model.layers.N.output) are known: choose one of resid_post.`,
    );
  const tensors = renamed(new Map((await Checkpoint.openFile(files[1])).entries), PLACES_2);
  const config = jumpReluConfig(sizesOf(tensors, folder), `blocks.${layer}.hook_resid_post`);
  return { config, tensors, files: [...files] };
}
