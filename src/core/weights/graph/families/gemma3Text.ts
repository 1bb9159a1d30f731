import { z } from 'zod';
import type { Weights } from '../../files/checkpoint.js';
import { type Architecture, Count, type DecoderGraph, parseConfig } from '../architecture.js';
import { LayerTypes, slidingLayers } from '../layerTypes.js';
import { ropeFrequencies } from '../rope.js';
import type { RotaryStyle } from '../rotaryBlocks.js';
import { fourNormBlock, gemmaBlocks, gemmaConfig } from './gemmaBlocks.js';

/** Gemma3TextConfig takes these where a file says nothing; published files hold only what differs from them. */
const DEFAULT = {
  theta: 1_000_000,
  thetaInWindow: 10_000,
  /** Every sixth layer sees everything. */
  pattern: 6,
};

const published = gemmaConfig('gemma3_text');
const { shape } = published;
const Config = published.extend({
  hidden_size: shape.hidden_size.default(2304),
  intermediate_size: shape.intermediate_size.default(9216),
  num_hidden_layers: shape.num_hidden_layers.default(26),
  num_attention_heads: shape.num_attention_heads.default(8),
  num_key_value_heads: shape.num_key_value_heads.default(4),
  head_dim: shape.head_dim.default(256),
  vocab_size: shape.vocab_size.default(262_208),
  max_position_embeddings: shape.max_position_embeddings.default(131_072),
  hidden_act: z.literal('gelu_pytorch_tanh').nullish(),
  hidden_activation: z.literal('gelu_pytorch_tanh').nullish(),
  query_pre_attn_scalar: z.number().positive().default(256),
  final_logit_softcapping: z.number().positive().nullish(),
  sliding_window: Count.default(4096),
  layer_types: LayerTypes,
  // Two names of the same number; transformers writes layer_types beside the second.
  sliding_window_pattern: Count.nullish(),
  _sliding_window_pattern: Count.nullish(),
  rope_local_base_freq: z.number().positive().nullish(),
  rope_parameters: z
    .strictObject({
      full_attention: z.looseObject({}).nullish(),
      sliding_attention: z.looseObject({}).nullish(),
    })
    .nullish(),
});
type Gemma3Config = z.infer<typeof Config>;

/**
 * Gemma 3 (Kamath et al. 2025) as Hugging Face's Gemma3ForCausalLM stores it: Gemma 2 with norms over each head's
 * queries and keys instead of the soft cap on scores, and sliding windows in five of six layers, whose positions turn
 * with frequencies of their own.
 */
export const gemma3Text: Architecture = (json, weights) => gemma3Decoder(json, weights);

/**
 * @param json config.json of a gemma3_text, or the part of a gemma3 that says the same
 * @param prefixes where names of tensors begin otherwise than in a gemma3_text
 * @throws {InputError} when the config is not of this family or the tensors do not fit it
 */
export function gemma3Decoder(
  json: unknown,
  weights: Weights,
  prefixes?: NonNullable<RotaryStyle['prefixes']>,
): DecoderGraph {
  const config = parseConfig(Config, json, weights);
  const { sliding_window_pattern, _sliding_window_pattern, final_logit_softcapping, head_dim } = config;
  const pattern = sliding_window_pattern ?? _sliding_window_pattern ?? DEFAULT.pattern;
  const slides = slidingLayers(config, (layer) => (layer + 1) % pattern !== 0);
  const rope = ropeOf(config);
  const blocks = gemmaBlocks({ ...config, ...rope.everywhere }, weights, {
    headNorms: true,
    ...(prefixes ? { prefixes } : {}),
  });
  return blocks.decoder(
    { scale: config.query_pre_attn_scalar ** -0.5 },
    (layer, stream, attended) => fourNormBlock(blocks, layer, stream, attended),
    {
      window: { size: config.sliding_window, slides, frequencies: ropeFrequencies(rope.inWindow, head_dim) },
      softcap: final_logit_softcapping ?? undefined,
    },
  );
}

/**
 * How positions turn queries and keys in layers that see everything and in those with a window. Old files say it in flat
 * keys, those of transformers 5 for each type of layer, and mixtures exist.
 */
function ropeOf({ rope_theta, rope_local_base_freq, rope_scaling, rope_parameters }: Gemma3Config) {
  const { full_attention, sliding_attention } = rope_parameters ?? {};
  const part = (
    written: object,
    theta: number,
    key: 'rope_scaling' | 'rope_parameters' = 'rope_parameters',
  ) => ({
    rope_theta: theta,
    rope_scaling: undefined,
    rope_parameters: undefined,
    [key]: written,
  });
  return {
    everywhere: part(
      { ...full_attention, ...rope_scaling },
      rope_theta ?? DEFAULT.theta,
      rope_scaling ? 'rope_scaling' : undefined,
    ),
    inWindow: part({ ...sliding_attention }, rope_local_base_freq ?? DEFAULT.thetaInWindow),
  };
}
