import { isDeepStrictEqual } from 'node:util';

type Neutral = (value: unknown) => boolean;

const only =
  (...values: unknown[]): Neutral =>
  (value) =>
    values.some((one) => isDeepStrictEqual(one, value));
const never = only();
const off = only(false);
const none = only(0);
const one = only(1);

/**
 * Keys of config.json, of any family, that change what a model computes, each with the values that change nothing.
 * A family that implements a key has it in its own schema instead.
 */
const CHANGES_NUMBERS: Record<string, Neutral> = {
  // Positions
  rope_theta: never,
  rope_scaling: never,
  rope_parameters: never,
  rope_local_base_freq: never,
  rope_interleaved: off,
  rope_interleave: off,
  partial_rotary_factor: one,
  rotary_pct: one,
  rotary_emb_base: never,
  rotary_dim: never,
  no_rope_layers: only([]),
  no_rope_layer_interval: none,
  use_mrope: off,
  mrope_section: never,
  position_embedding_type: only('absolute'),
  alibi: off,
  use_alibi: off,
  // Attention
  head_dim: never,
  num_key_value_heads: never,
  layer_types: (value) => Array.isArray(value) && value.every((type) => type === 'full_attention'),
  use_sliding_window: off,
  sliding_window_pattern: never,
  _sliding_window_pattern: never,
  attention_chunk_size: never,
  attention_bias: off,
  attention_out_bias: off,
  qkv_bias: off,
  use_qkv_bias: off,
  use_bias: off,
  use_qk_norm: off,
  qk_norm: off,
  qk_layernorm: off,
  clip_qkv: never,
  attn_logit_softcapping: never,
  query_pre_attn_scalar: never,
  attention_multiplier: never,
  attn_temperature_tuning: only(false, 0),
  use_bidirectional_attention: off,
  attention_types: never,
  scale_attn_weights: only(true),
  scale_attn_by_inverse_layer_idx: off,
  add_cross_attention: off,
  is_encoder_decoder: off,
  pruned_heads: only({}),
  // Blocks
  mlp_bias: off,
  use_mlp_bias: off,
  use_parallel_residual: off,
  parallel_attn: off,
  residual_multiplier: one,
  hidden_activation: never,
  num_experts: none,
  num_local_experts: none,
  n_routed_experts: none,
  // Ends
  embedding_multiplier: one,
  scale_emb: one,
  scale_depth: never,
  dim_model_base: never,
  logits_scaling: one,
  logit_scale: one,
  final_logit_softcapping: never,
  // Weights
  quantization_config: never,
  text_config: never,
};

/**
 * The first key of a config that is known to change numbers and that a family does not read.
 *
 * @param read keys that the family reads
 * @returns the key, or undefined where there is none
 */
export function unreadKey(
  config: Readonly<Record<string, unknown>>,
  read: Readonly<Record<string, unknown>>,
): string | undefined {
  return Object.keys(config).find((key) => {
    const value = config[key];
    const isNeutral = Object.hasOwn(CHANGES_NUMBERS, key) ? CHANGES_NUMBERS[key] : undefined;
    return isNeutral && !Object.hasOwn(read, key) && value != null && !isNeutral(value);
  });
}
