import { basename } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import { readElements } from '../safetensors.js';
import { GGUF_FAMILIES, type GgufFamily } from './families.js';
import type { GgufHeader } from './header.js';

const Count = z.number().int().positive();
const Positive = z.number().positive();
/** Which layers have a window: every one but each n-th, or one word a layer. */
const Pattern = z.union([Count, z.array(z.boolean())]);

/** Keys behind the architecture's name that change numbers, by what config.json calls them. */
const PASSED_ON = {
  expert_count: 'num_local_experts',
  attn_logit_softcapping: 'attn_logit_softcapping',
  final_logit_softcapping: 'final_logit_softcapping',
  embedding_scale: 'embedding_multiplier',
  residual_scale: 'residual_multiplier',
  logit_scale: 'logits_scaling',
  'attention.scale': 'attention_multiplier',
  'attention.clamp_kqv': 'clip_qkv',
  use_parallel_residual: 'use_parallel_residual',
};

/**
 * The family of a file.
 *
 * @throws {InputError} when none is known
 */
export function familyOf({ file, metadata }: GgufHeader): { name: string; family: GgufFamily } {
  const name = metadata.get('general.architecture', z.string());
  const family = Object.hasOwn(GGUF_FAMILIES, name) ? GGUF_FAMILIES[name] : undefined;
  if (family) return { name, family };
  throw new InputError(
    `${basename(file)} is of the architecture "${name}"; GGUF files of ${Object.keys(GGUF_FAMILIES).join(', ')} are read. [${file}]`,
  );
}

/**
 * What config.json of the same model would say.
 *
 * @throws {InputError} when a key is missing or of another kind
 */
export async function configOf(
  header: GgufHeader,
): Promise<Record<string, unknown> & { model_type: string }> {
  const { metadata, tensors } = header;
  const { name: architecture, family } = familyOf(header);
  const get = <T>(key: string, schema: z.ZodType<T>) => metadata.get(`${architecture}.${key}`, schema);
  const heads = get('attention.head_count', Count);
  const width = get('embedding_length', Count);
  const headSize = get('attention.key_length', Count.optional()) ?? width / heads;
  const window = get('attention.sliding_window', Count.optional());
  const passedOn = Object.entries(PASSED_ON).flatMap(([key, name]) => {
    const value = get(key, z.union([z.number(), z.boolean()]).optional());
    return value === undefined ? [] : [[name, value] as const];
  });
  if ((get('attention.value_length', Count.optional()) ?? headSize) !== headSize)
    throw new InputError(
      `${basename(header.file)}: attention.value_length is not key_length, which is not supported.`,
    );
  return {
    ...Object.fromEntries(passedOn),
    ...windowed(family.modelType, window),
    ...(family.wholeGains ? { norms_are_whole_gains: true, ...scoresOfGemma(header) } : {}),
    hidden_size: width,
    intermediate_size: get('feed_forward_length', Count),
    num_hidden_layers: get('block_count', Count),
    num_attention_heads: heads,
    num_key_value_heads: get('attention.head_count_kv', Count.optional()) ?? heads,
    head_dim: headSize,
    max_position_embeddings: get('context_length', Count),
    rms_norm_eps: get('attention.layer_norm_rms_epsilon', Positive),
    vocab_size: tensors.get('token_embd.weight')?.shape[0] ?? get('vocab_size', Count),
    tie_word_embeddings: !tensors.has('output.weight'),
    bos_token_id: metadata.get('tokenizer.ggml.bos_token_id', z.number().int().nonnegative().optional()),
    eos_token_id: metadata.get('tokenizer.ggml.eos_token_id', z.number().int().nonnegative().optional()),
    ...(family.modelType === 'qwen2' ? {} : biases(header)),
    ...(await ropeOf(header, family.modelType, headSize)),
  };
}

/** Layers of the Gemmas whose scores are scaled by the width over the heads; files do not say it, llama.cpp goes by this. */
const LAYERS_OF_27B: Readonly<Record<string, number>> = { gemma2: 46, gemma3: 62 };

/**
 * What only Gemma's files say: the scale of scores, and which layers of Gemma 3 have a window.
 *
 * @throws {InputError} when a key is of another kind
 */
function scoresOfGemma({ metadata }: GgufHeader): Record<string, unknown> {
  const name = metadata.get('general.architecture', z.string());
  if (name === 'gemma') return {};
  const get = <T>(key: string, schema: z.ZodType<T>) => metadata.get(`${name}.${key}`, schema);
  const heads = get('attention.head_count', Count);
  const byWidth = get('embedding_length', Count) / heads;
  const query_pre_attn_scalar =
    get('block_count', Count) === LAYERS_OF_27B[name]
      ? byWidth
      : (get('attention.key_length', Count.optional()) ?? byWidth);
  const pattern = get('attention.sliding_window_pattern', Pattern.optional());
  return {
    query_pre_attn_scalar,
    ...(Array.isArray(pattern)
      ? { layer_types: pattern.map((slides) => (slides ? 'sliding_attention' : 'full_attention')) }
      : pattern === undefined
        ? {}
        : { sliding_window_pattern: pattern }),
  };
}

/** Files of Mistral are of the architecture llama; those that have a window say so. */
function windowed(model_type: string, window: number | undefined) {
  if (window === undefined) return { model_type };
  if (model_type === 'llama') return { model_type: 'mistral', sliding_window: window };
  if (model_type.startsWith('gemma')) return { model_type, sliding_window: window };
  return { model_type, use_sliding_window: true, sliding_window: window };
}

function biases({ tensors }: GgufHeader) {
  const has = (part: string) => tensors.has(`blk.0.${part}.bias`);
  return {
    ...(has('attn_q') ? { attention_bias: true } : {}),
    ...(has('ffn_gate') ? { mlp_bias: true } : {}),
  };
}

async function ropeOf(header: GgufHeader, modelType: string, headSize: number) {
  const { name: architecture } = familyOf(header);
  const full_attention = await ropeOfFullLayers(header, architecture, headSize);
  if (modelType !== 'gemma3_text') return { rope_parameters: full_attention };
  const theta = header.metadata.get(`${architecture}.rope.freq_base_swa`, Positive.default(10_000));
  const sliding_attention = { rope_type: 'default', rope_theta: theta };
  return { rope_parameters: { full_attention, sliding_attention } };
}

async function ropeOfFullLayers(
  { file, metadata, tensors }: GgufHeader,
  architecture: string,
  headSize: number,
) {
  const get = <T>(key: string, schema: z.ZodType<T>) => metadata.get(`${architecture}.rope.${key}`, schema);
  const base = {
    rope_theta: get('freq_base', Positive.optional()) ?? 10_000,
    partial_rotary_factor: (get('dimension_count', Count.optional()) ?? headSize) / headSize,
  };
  const divisors = tensors.get('rope_freqs.weight');
  if (divisors) {
    if ('unreadable' in divisors || divisors.shape.join() !== String(headSize / 2))
      throw new InputError(
        `${basename(file)}: "rope_freqs.weight" does not fit heads of ${headSize}: fetch it again.`,
      );
    return { ...base, rope_type: 'divisors', divisors: [...(await readElements(divisors))] };
  }
  const type = get('scaling.type', z.string().optional()) ?? 'none';
  if (type === 'none') return { ...base, rope_type: 'default' };
  return { ...base, rope_type: type, factor: get('scaling.factor', Positive) };
}
