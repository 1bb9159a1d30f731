import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Checkpoint } from '../../../../src/core/weights/files/checkpoint.js';
import { readElements } from '../../../../src/core/weights/files/safetensors.js';
import { architectureOf } from '../../../../src/core/weights/graph/families/index.js';
import { largestDifference } from '../../../support/numbers.js';
import { type OpenDecoder, withDecoder } from '../../../support/openDecoder.js';
import { differencesFrom } from '../../../support/referencePass.js';
import { fixture } from '../../../support/tinyModel.js';

/**
 * The families against transformers: random checkpoints and what it computes with them in float32, both made by
 * test/reference/make_families.py.
 */
const CASES = [
  'llama',
  'llama-scaled',
  'llama-linear',
  'mistral',
  'qwen2',
  'qwen3',
  'gpt2-untied',
  'gemma',
  'gemma3-text',
  'gemma3-mixed',
  'gemma3',
  'gpt-neox',
  'gpt-neox-serial',
] as const;

const folderOf = (name: string) => fixture('families', name);
const configOf = (name: string, file = 'config.json') =>
  JSON.parse(readFileSync(join(folderOf(name), file), 'utf8'));

interface Changed {
  file?: string;
  /** Keys to set, or to leave out where undefined. */
  change?: Record<string, unknown>;
}

/** Opens a checkpoint with one of its configs, changed or not, and gives what the test asks of it. */
const opened = <Result>(
  name: string,
  { file, change }: Changed,
  ask: (model: OpenDecoder) => Promise<Result>,
): Promise<Result> => withDecoder(folderOf(name), { ...configOf(name, file), ...change }, ask);

/** Largest differences from transformers, relative to the largest value of each output. */
function differences(name: string, changed: Changed = {}): Promise<Record<string, number>> {
  const config = configOf(name);
  const layers = (config.text_config ?? config).num_hidden_layers ?? config.n_layer;
  return opened(name, changed, ({ decoder }) =>
    differencesFrom(join(folderOf(name), 'expected.safetensors'), decoder, layers),
  );
}

describe.each(CASES)('%s', (name) => {
  test.each(['config.json', 'config.transformers5.json'])(
    'logits and every residual stream are those of transformers, by %s',
    async (file) => {
      const found = await differences(name, { file });
      expect(Object.keys(found).length).toBeGreaterThan(2);
      for (const [output, difference] of Object.entries(found)) expect(difference, output).toBeLessThan(1e-4);
    },
  );
});

test('details that a config may lose show in the fixtures', async () => {
  const wrong: [string, Record<string, unknown>][] = [
    ['llama', { rope_theta: undefined }],
    ['llama', { rms_norm_eps: 1e-2 }],
    ['llama-scaled', { rope_scaling: null }],
    ['llama-linear', { rope_scaling: null }],
    ['mistral', { sliding_window: null }],
    ['mistral', { sliding_window: 6 }],
    ['qwen2', { use_sliding_window: false }],
    ['qwen2', { max_window_layers: 0 }],
    ['gemma', { rope_theta: 10_000 }],
    ['gemma3-text', { rope_scaling: null }],
    ['gemma3-text', { rope_theta: undefined }],
    ['gemma3-text', { rope_local_base_freq: undefined }],
    ['gemma3-text', { sliding_window: 6 }],
    ['gemma3-text', { sliding_window_pattern: undefined }],
    ['gemma3-text', { query_pre_attn_scalar: undefined }],
    ['gemma3-text', { final_logit_softcapping: null }],
    ['gemma3-mixed', { sliding_window_pattern: 3 }],
    ['gemma3-mixed', { rope_local_base_freq: 10_000 }],
    ['gpt-neox', { rotary_pct: 0.5 }],
    ['gpt-neox', { rotary_emb_base: 10_000 }],
    ['gpt-neox', { use_parallel_residual: false }],
    ['gpt-neox', { layer_norm_eps: 1e-2 }],
    ['gpt-neox-serial', { use_parallel_residual: undefined }],
    ['gpt-neox-serial', { rope_scaling: null }],
  ];
  for (const [name, change] of wrong) {
    const { logits } = await differences(name, { change });
    expect(logits, `${name} ${JSON.stringify(change)}`).toBeGreaterThan(1e-3);
  }
});

test('the exact GELU and its approximation are told apart', async () => {
  const { logits } = await differences('gpt-neox', { change: { hidden_act: 'gelu_fast' } });
  expect(logits).toBeGreaterThan(1e-4);
});

test('the language model of a Gemma 3 that sees images is found by both names', async () => {
  const checkpoint = await Checkpoint.open(folderOf('gemma3'));
  const renamed = [...checkpoint.entries].map(
    ([name, tensor]) => [name.replace('language_model.model.', 'model.language_model.'), tensor] as const,
  );
  const graph = architectureOf('gemma3')(
    configOf('gemma3'),
    Checkpoint.of(folderOf('gemma3'), new Map(renamed)),
  );
  expect(graph.embeddings).toBe('model.language_model.embed_tokens.weight');
  expect(graph.finalNorm.weight).toBe('model.language_model.norm.weight');
});

test.each(['llama', 'gpt2-untied', 'gemma', 'gemma3-mixed', 'gpt-neox'])(
  '%s: the head is a table of its own, products for the token list are with the input embeddings',
  async (name) => {
    const checkpoint = await Checkpoint.open(folderOf(name));
    const named = (...names: string[]) => names.find((one) => checkpoint.has(one))!;
    const table = named('model.embed_tokens.weight', 'transformer.wte.weight', 'gpt_neox.embed_in.weight');
    const [size, width] = checkpoint.shape(table) as [number, number];
    const vector = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
    const productsWith = async (tensor: string) => {
      const values = await readElements(checkpoint.tensor(tensor, [size, width]));
      return Array.from({ length: size }, (_, row) =>
        vector.reduce((sum, value, i) => sum + value * values[row * width + i]!, 0),
      );
    };
    await opened(name, {}, async ({ head, inputs }) => {
      const input = await productsWith(table);
      const output = await productsWith(named('lm_head.weight', 'embed_out.weight'));
      expect(largestDifference(await inputs!.products(vector), input)).toBeLessThan(1e-5);
      expect(largestDifference(await head.products(vector), output)).toBeLessThan(1e-5);
      expect(largestDifference(input, output)).toBeGreaterThan(0.1);
    });
    await expect(
      opened(name, { change: { tie_word_embeddings: true } }, async ({ inputs }) => inputs),
    ).resolves.toBe(undefined);
  },
);

test('an own head that the checkpoint lacks is named', async () => {
  const change = { tie_word_embeddings: false };
  await expect(differences('qwen2', { change })).rejects.toThrow('lacks the tensor "lm_head.weight"');
});

test('the data of one checkpoint begin at an odd byte', async () => {
  const { all } = await Checkpoint.open(folderOf('gpt2-untied'));
  expect(all.every(({ offset }) => offset % 2 === 1)).toBe(true);
});

test.each([
  ['gpt2-untied', { scale_attn_weights: false }],
  ['gpt2-untied', { scale_attn_by_inverse_layer_idx: true }],
  ['gpt2-untied', { add_cross_attention: true }],
  ['gpt2-untied', { activation_function: 'gelu' }],
  ['gpt2-untied', { position_embedding_type: 'relative_key' }],
  ['llama', { partial_rotary_factor: 0.5 }],
  ['llama', { rope_scaling: { type: 'dynamic', factor: 2 } }],
  ['llama', { rope_scaling: { rope_type: 'yarn', factor: 2 } }],
  ['llama', { rope_parameters: { rope_type: 'longrope', rope_theta: 1e4 } }],
  ['llama', { rope_parameters: { rope_type: 'default', partial_rotary_factor: 0.5 } }],
  ['llama', { rope_parameters: { full_attention: { rope_type: 'default' } } }],
  ['llama', { rope_scaling: { type: 'linear', factor: 'x' } }],
  ['llama', { rope_parameters: { rope_theta: 'many' } }],
  ['llama', { residual_multiplier: 0.22 }],
  ['llama', { logits_scaling: 8 }],
  ['llama', { final_logit_softcapping: 30 }],
  ['llama', { hidden_act: 'gelu' }],
  ['llama', { quantization_config: { quant_method: 'gptq', bits: 4 } }],
  ['llama', { num_local_experts: 8 }],
  ['llama', { layer_types: ['full_attention', 'sliding_attention', 'full_attention'] }],
  ['qwen2', { attention_bias: true }],
  ['qwen2', { layer_types: ['full_attention'], use_sliding_window: true }],
  ['qwen3', { mlp_bias: true }],
  ['mistral', { head_dim: 7 }],
  ['gemma', { use_bidirectional_attention: true }],
  ['gemma', { query_pre_attn_scalar: 100 }],
  ['gemma3-text', { use_bidirectional_attention: true }],
  ['gemma3-text', { attn_logit_softcapping: 50 }],
  ['gemma3-text', { attention_bias: true }],
  ['gemma3-text', { sliding_window: null }],
  ['gemma3-text', { hidden_activation: 'gelu' }],
  ['gemma3-text', { rope_parameters: { rope_type: 'default', rope_theta: 1e6 } }],
  ['gemma3-text', { rope_scaling: { rope_type: 'yarn', factor: 2 } }],
  ['gemma3-text', { layer_types: ['full_attention'] }],
  ['gemma3', { text_config: undefined }],
  ['gemma3', { quantization_config: { quant_method: 'awq' } }],
  ['gpt-neox', { hidden_act: 'relu' }],
  ['gpt-neox', { rotary_pct: 0.25 }],
  ['gpt-neox', { rope_theta: 10_000 }],
  ['gpt-neox', { partial_rotary_factor: 0.5 }],
  ['gpt-neox', { num_attention_heads: 5 }],
  ['gpt-neox', { alibi: true }],
  ['llama', { rotary_emb_base: 500 }],
])('%s with %j is refused by the name of the key', async (name, change) => {
  await expect(differences(name, { change })).rejects.toThrow(Object.keys(change)[0]);
});

test.each([
  ['gpt2-untied', { scale_attn_weights: true, reorder_and_upcast_attn: true, sliding_window: null }],
  ['llama', { partial_rotary_factor: 1, rope_interleaved: false, pretraining_tp: 1, attention_dropout: 0.1 }],
  [
    'llama',
    { layer_types: ['full_attention', 'full_attention', 'full_attention'], quantization_config: null },
  ],
  ['llama', { something_that_nobody_knows: 3 }],
  ['gemma3-text', { sliding_window_pattern: undefined, _sliding_window_pattern: 3 }],
  ['gemma3-text', { use_bidirectional_attention: false, attn_logit_softcapping: null }],
  ['gpt-neox', { rope_theta: 700, partial_rotary_factor: 0.34 }],
])('%s with %j computes the same', async (name, change) => {
  expect((await differences(name, { change })).logits).toBeLessThan(1e-4);
});

test.each([
  { num_hidden_layers: 1e9 },
  { num_attention_heads: 2e9 },
  { num_key_value_heads: 1e8 },
  { head_dim: 2e9 },
])('an absurd size, %j, is refused before anything is made', async (change) => {
  await expect(differences('llama', { change })).rejects.toThrow(Object.keys(change)[0]);
});
