import { type Architecture, Count, parseConfig } from '../architecture.js';
import { llamaConfig, llamaDecoder } from './llamaBlocks.js';

/** What MistralConfig takes where a file says nothing. */
const DEFAULT = { keyValueHeads: 8, window: 4096 };

const Config = llamaConfig('mistral').extend({
  num_key_value_heads: Count.nullable().default(DEFAULT.keyValueHeads),
  sliding_window: Count.nullable().default(DEFAULT.window),
});

/** Mistral (Jiang et al. 2023) as Hugging Face's MistralForCausalLM stores it: Llama with a window in every layer. */
export const mistral: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const { sliding_window: size } = config;
  return llamaDecoder(config, weights, {
    window: size === null ? undefined : { size, slides: () => true },
  });
};
