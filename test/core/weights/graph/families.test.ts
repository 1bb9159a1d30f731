import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Checkpoint } from '../../../../src/core/weights/files/checkpoint.js';
import { readElements } from '../../../../src/core/weights/files/safetensors.js';
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
  const layers = configOf(name).num_hidden_layers ?? configOf(name).n_layer;
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
  ];
  for (const [name, change] of wrong) {
    const { logits } = await differences(name, { change });
    expect(logits, `${name} ${JSON.stringify(change)}`).toBeGreaterThan(1e-3);
  }
});

test.each(['llama', 'gpt2-untied', 'gemma'])(
  '%s: the head is lm_head, products for the token list are with the input embeddings',
  async (name) => {
    const checkpoint = await Checkpoint.open(folderOf(name));
    const table = ['model.embed_tokens.weight', 'transformer.wte.weight'].find((one) => checkpoint.has(one))!;
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
      const output = await productsWith('lm_head.weight');
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
