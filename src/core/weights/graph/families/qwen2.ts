import { type Architecture, parseConfig } from '../architecture.js';
import { llamaDecoder } from './llamaBlocks.js';
import { qwenConfig, qwenWindow } from './qwenBlocks.js';

const Config = qwenConfig('qwen2');

/** Qwen 2 and 2.5 (Yang et al. 2024) as Qwen2ForCausalLM stores them: Llama with biases on queries, keys and values. */
export const qwen2: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  return llamaDecoder(config, weights, {
    biases: { queryKeyValue: true, attentionOutput: false, mlp: false },
    window: qwenWindow(config),
  });
};
