import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { Checkpoint, readJson } from '../../files/checkpoint.js';
import { plainConfig, topKOf } from './config.js';
import { flipped, renamed, type SaeContent, sizesOf } from './stored.js';

export const SPARSIFY = { config: 'cfg.json', weights: 'sae.safetensors' };

const Config = z.looseObject({
  k: z.number().int().positive(),
  activation: z.literal('topk').nullish(),
  signed: z.literal(false).nullish(),
  transcode: z.boolean().nullish(),
});

/**
 * EleutherAI's sparsify: cfg.json and sae.safetensors. Which place it reads stands in the name of its folder only.
 *
 * @throws {InputError} when it is a transcoder or has another activation than topk
 */
export async function sparsify(folder: string): Promise<SaeContent> {
  const files = [join(folder, SPARSIFY.config), join(folder, SPARSIFY.weights)] as const;
  const { k, transcode } = await readJson(files[0], Config);
  if (transcode)
    throw new InputError(`${folder} holds a transcoder (transcode), which is not read yet: choose an SAE.`);
  const tensors = renamed(new Map((await Checkpoint.openFile(files[1])).entries), {
    W_enc: flipped('encoder.weight'),
    b_enc: 'encoder.bias',
    W_dec: 'W_dec',
    b_dec: 'b_dec',
  });
  const sizes = sizesOf(tensors, folder);
  const config = plainConfig(sizes, {
    architecture: 'topk',
    k: topKOf(k, sizes.features, files[0]),
    applyDecoderBias: true,
  });
  return { config, tensors, files: [...files] };
}
