import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { Checkpoint, readJson } from '../../files/checkpoint.js';
import { readElements } from '../../files/safetensors.js';
import { plainConfig } from './config.js';
import { flipped, renamed, type SaeContent, sizesOf } from './stored.js';

export const LLAMA_SCOPE = { config: 'hyperparams.json', weights: 'checkpoints/final.safetensors' };
export const LLAMA_SCOPE_R1 = { config: 'config.json', weights: 'sae_weights.safetensors' };

const PLACES = {
  W_enc: flipped('encoder.weight'),
  b_enc: 'encoder.bias',
  W_dec: flipped('decoder.weight'),
  b_dec: 'decoder.bias',
};

const Positive = z.number().positive();
const Config = z.looseObject({
  hook_point_in: z.string(),
  hook_point_out: z.string(),
  act_fn: z.literal('jumprelu'),
  jump_relu_threshold: z.number(),
  norm_activation: z.literal('dataset-wise'),
  dataset_average_activation_norm: z.looseObject({ in: Positive }),
  use_decoder_bias: z.literal(true),
  apply_decoder_bias_to_pre_encoder: z.literal(false),
  use_glu_encoder: z.literal(false).nullish(),
});

/**
 * Llama Scope (He et al. 2024): hyperparams.json and checkpoints/final.safetensors, computed as SAELens does. With s the
 * root of the width over the mean norm of the data, inputs are multiplied by s, and the file's one threshold, which is
 * in units of the bare stream, too. (The authors' own code gates by the activation times its decoder row's length.)
 *
 * @throws {InputError} when it reads another place
 */
export async function llamaScope(folder: string): Promise<SaeContent> {
  const files = [join(folder, LLAMA_SCOPE.config), join(folder, LLAMA_SCOPE.weights)] as const;
  const written = await readJson(files[0], Config);
  if (written.hook_point_in !== written.hook_point_out)
    throw new InputError(
      `The SAE in ${folder} reads ${written.hook_point_in} and writes ${written.hook_point_out}: transcoders are not read yet, choose an SAE.`,
    );
  const tensors = renamed(new Map((await Checkpoint.openFile(files[1])).entries), PLACES);
  const sizes = sizesOf(tensors, folder);
  const scale = Math.sqrt(sizes.inputSize) / written.dataset_average_activation_norm.in;
  const config = plainConfig(sizes, {
    architecture: 'jumprelu',
    hook: written.hook_point_in,
    normalization: 'expected_average_only_in',
    inputScale: scale,
    threshold: scale * written.jump_relu_threshold,
  });
  return { config, tensors, files: [...files] };
}

const ConfigR1 = z.looseObject({ hook_point_in: z.string() });
/** Behind it stands the hook point. */
const NORM = 'dataset_average_activation_norm.';

/** Llama Scope of DeepSeek's R1 distillation (2025): config.json and sae_weights.safetensors, which holds the mean norm. */
export async function llamaScopeR1(folder: string): Promise<SaeContent> {
  const files = [join(folder, LLAMA_SCOPE_R1.config), join(folder, LLAMA_SCOPE_R1.weights)] as const;
  const { hook_point_in: hook } = await readJson(files[0], ConfigR1);
  const all = new Map((await Checkpoint.openFile(files[1])).entries);
  const tensors = renamed(all, { ...PLACES, log_threshold: 'log_jumprelu_threshold' });
  const sizes = sizesOf(tensors, folder);
  const stored = all.get(NORM + hook);
  const norm = stored && (await readElements(stored, 0, 1))[0];
  if (!norm || !(norm > 0))
    throw new InputError(
      `The SAE in ${folder} lacks the mean norm of ${hook} ("${NORM}${hook}"): fetch it again.`,
    );
  const config = plainConfig(sizes, {
    architecture: 'jumprelu',
    hook,
    normalization: 'expected_average_only_in',
    inputScale: Math.sqrt(sizes.inputSize) / norm,
  });
  return { config, tensors, files: [...files] };
}
