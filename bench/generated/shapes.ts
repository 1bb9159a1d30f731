import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RandomTensor, writeConfig, writeRandomTensors } from './checkpoint.js';

/** Logits of a trained model spread by about 3; with normalised hidden states embeddings of this size do that. */
const LOGIT_SPREAD = 3;

/** Shape of the published "gpt2" (124 M parameters). */
export const GPT2_SMALL = {
  model_type: 'gpt2',
  vocab_size: 50_257,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  n_positions: 1024,
  layer_norm_epsilon: 1e-5,
  activation_function: 'gelu_new',
  bos_token_id: 50_256,
};

/** Shape of the published Gemma-2B (2.5 billion parameters). */
export const GEMMA_2B = {
  model_type: 'gemma',
  vocab_size: 256_000,
  hidden_size: 2048,
  intermediate_size: 16_384,
  num_hidden_layers: 18,
  num_attention_heads: 8,
  num_key_value_heads: 1,
  head_dim: 256,
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-6,
  rope_theta: 10_000,
  hidden_act: 'gelu',
  bos_token_id: 2,
};

/** Writes a checkpoint of GPT-2-small's shape in float32, as the Hub has it, unless it is there. */
export async function writeGpt2Small(folder: string): Promise<void> {
  const { vocab_size: vocabulary, n_embd: width, n_layer: layers, n_positions: positions } = GPT2_SMALL;
  const tensors: RandomTensor[] = [
    { name: 'wte.weight', shape: [vocabulary, width], deviation: LOGIT_SPREAD / Math.sqrt(width) },
    { name: 'wpe.weight', shape: [positions, width], deviation: 0.02 },
  ];
  const norm = (name: string) =>
    tensors.push(
      { name: `${name}.weight`, shape: [width], deviation: 0, mean: 1 },
      { name: `${name}.bias`, shape: [width], deviation: 0 },
    );
  const linear = (name: string, inputs: number, outputs: number) =>
    tensors.push(
      { name: `${name}.weight`, shape: [inputs, outputs], deviation: 1 / Math.sqrt(inputs) },
      { name: `${name}.bias`, shape: [outputs], deviation: 0.02 },
    );
  for (let layer = 0; layer < layers; layer++) {
    norm(`h.${layer}.ln_1`);
    linear(`h.${layer}.attn.c_attn`, width, 3 * width);
    linear(`h.${layer}.attn.c_proj`, width, width);
    norm(`h.${layer}.ln_2`);
    linear(`h.${layer}.mlp.c_fc`, width, 4 * width);
    linear(`h.${layer}.mlp.c_proj`, 4 * width, width);
  }
  norm('ln_f');
  await writeConfig(folder, GPT2_SMALL);
  await writeRandomTensors(join(folder, 'model.safetensors'), 'F32', tensors);
}

/** Writes a checkpoint of Gemma-2B's shape in bfloat16, as the Hub has it but in one file, unless it is there. */
export async function writeGemma2b(folder: string): Promise<void> {
  const { vocab_size, hidden_size: width, intermediate_size: inner, head_dim } = GEMMA_2B;
  const queries = GEMMA_2B.num_attention_heads * head_dim;
  const keys = GEMMA_2B.num_key_value_heads * head_dim;
  const tensors: RandomTensor[] = [];
  const add = (name: string, ...shape: number[]) =>
    tensors.push({ name: `model.${name}.weight`, shape, deviation: 1 / Math.sqrt(shape.at(-1)!) });
  // Norm weights count from 1.
  const norm = (name: string, weight = 0) =>
    tensors.push({ name: `model.${name}.weight`, shape: [width], deviation: 0, mean: weight });
  // Embeddings that the residual stream soon drowns, or every token would predict itself: the table is tied.
  const small = 0.1;
  const deviation = small / Math.sqrt(width);
  tensors.push({ name: 'model.embed_tokens.weight', shape: [vocab_size, width], deviation });
  for (let layer = 0; layer < GEMMA_2B.num_hidden_layers; layer++) {
    const name = `layers.${layer}`;
    norm(`${name}.input_layernorm`);
    add(`${name}.self_attn.q_proj`, queries, width);
    add(`${name}.self_attn.k_proj`, keys, width);
    add(`${name}.self_attn.v_proj`, keys, width);
    add(`${name}.self_attn.o_proj`, width, queries);
    norm(`${name}.post_attention_layernorm`);
    add(`${name}.mlp.gate_proj`, inner, width);
    add(`${name}.mlp.up_proj`, inner, width);
    add(`${name}.mlp.down_proj`, width, inner);
  }
  norm('norm', LOGIT_SPREAD / small - 1);
  await writeConfig(folder, GEMMA_2B);
  await writeRandomTensors(join(folder, 'model.safetensors'), 'BF16', tensors);
}

/** Writes an SAE as SAELens has it, unless it is there. */
export async function writeSae(folder: string, hook: string, width: number, features: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'cfg.json'),
    JSON.stringify({ architecture: 'standard', d_in: width, d_sae: features, hook_name: hook }),
  );
  const deviation = 1 / Math.sqrt(width);
  await writeRandomTensors(join(folder, 'sae_weights.safetensors'), 'F32', [
    { name: 'W_enc', shape: [width, features], deviation },
    { name: 'W_dec', shape: [features, width], deviation },
    // Far enough below 0 that few features are active, as of a trained SAE.
    { name: 'b_enc', shape: [features], deviation: 0, mean: -12 },
    { name: 'b_dec', shape: [width], deviation: 0 },
  ]);
}
