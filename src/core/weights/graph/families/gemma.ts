import { z } from 'zod';
import { type Architecture, parseConfig } from '../architecture.js';
import { gemmaBlocks, gemmaConfig } from './gemmaBlocks.js';

const Config = gemmaConfig('gemma').extend({
  // Published configs say "gelu" and mean its tanh approximation; newer ones say so in hidden_activation.
  hidden_act: z.enum(['gelu', 'gelu_pytorch_tanh']).nullish(),
  hidden_activation: z.literal('gelu_pytorch_tanh').nullish(),
});

/**
 * Gemma (Mesnard et al. 2024) as Hugging Face's GemmaForCausalLM stores it: RMSNorm before attention and MLP,
 * multi-query attention with rotary positions, GeGLU.
 */
export const gemma: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const blocks = gemmaBlocks(config, weights);
  return blocks.decoder({ scale: config.head_dim ** -0.5 }, (layer, stream, attended) =>
    blocks.preNormBlock(layer, stream, attended),
  );
};
