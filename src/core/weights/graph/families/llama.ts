import { z } from 'zod';
import { type Architecture, parseConfig } from '../architecture.js';
import { llamaConfig, llamaDecoder } from './llamaBlocks.js';

const Config = llamaConfig('llama').extend({
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

/** Llama (Touvron et al. 2023), Llama 2, Llama 3 and SmolLM2 as Hugging Face's LlamaForCausalLM stores them. */
export const llama: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const { attention_bias, mlp_bias } = config;
  return llamaDecoder(config, weights, {
    biases: { queryKeyValue: attention_bias, attentionOutput: attention_bias, mlp: mlp_bias },
  });
};
