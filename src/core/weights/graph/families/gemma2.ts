import { z } from 'zod';
import { type Architecture, Count, parseConfig } from '../architecture.js';
import { LayerTypes, slidingLayers } from '../layerTypes.js';
import { fourNormBlock, gemmaBlocks, gemmaConfig } from './gemmaBlocks.js';

const Config = gemmaConfig('gemma2').extend({
  hidden_act: z.literal('gelu_pytorch_tanh').nullish(),
  hidden_activation: z.literal('gelu_pytorch_tanh').nullish(),
  query_pre_attn_scalar: z.number().positive(),
  attn_logit_softcapping: z.number().positive().nullish(),
  final_logit_softcapping: z.number().positive().nullish(),
  sliding_window: Count,
  layer_types: LayerTypes,
});

/**
 * Gemma 2 (Riviere et al. 2024) as Hugging Face's Gemma2ForCausalLM stores it: Gemma with grouped queries, norms
 * before and after attention and MLP, soft caps on attention scores and logits, and a sliding window in every
 * other layer, beginning with the first.
 */
export const gemma2: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const slides = slidingLayers(config, (layer) => layer % 2 === 0);
  const blocks = gemmaBlocks(config, weights);
  return blocks.decoder(
    {
      scale: config.query_pre_attn_scalar ** -0.5,
      softcap: config.attn_logit_softcapping ?? undefined,
    },
    (layer, stream, attended) => fourNormBlock(blocks, layer, stream, attended),
    {
      window: { size: config.sliding_window, slides },
      softcap: config.final_logit_softcapping ?? undefined,
    },
  );
};
