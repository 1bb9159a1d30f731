import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { readJson } from '../../files/checkpoint.js';
import { readTorch } from '../../files/torch/index.js';
import { plainConfig, topKOf } from './config.js';
import { flipped, renamed, type SaeContent, sizesOf } from './stored.js';

const QwenConfig = z.looseObject({
  k: z.number().int().positive().nullish(),
  model_type: z.literal('topk_sae').nullish(),
});

/** The file in which Qwen Scope keeps the SAE of a hook point; undefined for other places than blocks' ends. */
export function qwenFile(hook: string): string | undefined {
  const layer = /^blocks\.(\d+)\.hook_resid_post$/.exec(hook)?.[1];
  return layer && `layer${layer}.sae.pt`;
}

/** Qwen Scope (2026): a folder with config.json and an SAE a layer, layerN.sae.pt. */
export async function qwenScope(folder: string, hook: string): Promise<SaeContent> {
  const files = [join(folder, 'config.json'), join(folder, qwenFile(hook)!)] as const;
  const { k } = await readJson(files[0], QwenConfig);
  const tensors = renamed(await readTorch(files[1]), {
    W_enc: flipped('W_enc'),
    W_dec: flipped('W_dec'),
    b_enc: 'b_enc',
    b_dec: 'b_dec',
  });
  const sizes = sizesOf(tensors, folder);
  const config = plainConfig(sizes, {
    architecture: 'topk',
    k: topKOf(k ?? undefined, sizes.features, files[0]),
    hook,
  });
  return { config, tensors, files: [...files] };
}

/** The one file of PyTorch in a folder that holds nothing which says more; undefined where it is not so. */
export async function loneTorchFile(folder: string): Promise<string | undefined> {
  if (existsSync(join(folder, 'config.json')) || existsSync(join(folder, 'cfg.json'))) return undefined;
  const names = (await readdir(folder).catch(() => [])).filter((name) => /\.(pt|pth)$/.test(name));
  return names.length === 1 ? names[0] : undefined;
}

/**
 * SAEs of one file and no config: those of Goodfire (`encoder_linear`, `decoder_linear`) and of DeepSeek's R1
 * distillation (`encoder`, `decoder`), which are standard ones that leave b_dec out of the input.
 *
 * @throws {InputError} when the file holds something else
 */
export async function loneTorch(folder: string, name: string): Promise<SaeContent> {
  const file = join(folder, name);
  const all = await readTorch(file);
  const suffix = ['', '_linear'].find((one) => all.has(`encoder${one}.weight`));
  if (suffix === undefined)
    throw new InputError(
      `${name} holds no SAE of a kind that needs no config (encoder.weight or encoder_linear.weight): choose another one. [${file}]`,
    );
  const tensors = renamed(all, {
    W_enc: flipped(`encoder${suffix}.weight`),
    b_enc: `encoder${suffix}.bias`,
    W_dec: flipped(`decoder${suffix}.weight`),
    b_dec: `decoder${suffix}.bias`,
  });
  const config = plainConfig(sizesOf(tensors, folder), { architecture: 'standard' });
  return { config, tensors, files: [file] };
}
