import { z } from 'zod';
import { type Architecture, parseConfig } from '../architecture.js';
import { llamaDecoder } from './llamaBlocks.js';
import { qwenConfig, qwenWindow } from './qwenBlocks.js';

/** What Qwen3Config takes where a file says nothing. */
const DEFAULT_HEAD_SIZE = 128;

const Config = qwenConfig('qwen3').extend({
  head_dim: qwenConfig('qwen3').shape.head_dim.default(DEFAULT_HEAD_SIZE),
  attention_bias: z.boolean().default(false),
});

/** Qwen 3 (Yang et al. 2025) as Qwen3ForCausalLM stores it: Llama with norms over each head's queries and keys. */
export const qwen3: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const { attention_bias } = config;
  return llamaDecoder(config, weights, {
    headNorms: true,
    biases: { queryKeyValue: attention_bias, attentionOutput: attention_bias, mlp: false },
    window: qwenWindow(config),
  });
};
