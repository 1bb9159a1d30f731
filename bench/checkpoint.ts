import { existsSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Shape of a generated GPT-2 checkpoint. */
export interface Gpt2Shape {
  vocabulary: number;
  width: number;
  layers: number;
  heads: number;
  positions: number;
}

/** Shape of the published "gpt2" (124 M parameters). */
export const GPT2_SMALL: Gpt2Shape = {
  vocabulary: 50_257,
  width: 768,
  layers: 12,
  heads: 12,
  positions: 1024,
};

/**
 * Writes a GPT-2 checkpoint with seeded random weights in the Hub's format, unless it is there already.
 * Embeddings are large enough that next-token distributions have a peak, as a trained model's have.
 */
export async function randomCheckpoint(folder: string, shape: Gpt2Shape): Promise<void> {
  const file = join(folder, 'model.safetensors');
  if (existsSync(file)) return;
  await mkdir(folder, { recursive: true });
  const { vocabulary, width, layers, heads, positions } = shape;
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({
      model_type: 'gpt2',
      n_embd: width,
      n_layer: layers,
      n_head: heads,
      n_positions: positions,
      vocab_size: vocabulary,
      layer_norm_epsilon: 1e-5,
      activation_function: 'gelu_new',
      bos_token_id: vocabulary - 1,
    }),
  );
  const tensors: { name: string; shape: number[]; deviation: number; mean?: number }[] = [
    { name: 'wte.weight', shape: [vocabulary, width], deviation: 3 / Math.sqrt(width) },
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

  let offset = 0;
  const header: Record<string, object> = {};
  for (const { name, shape: dimensions } of tensors) {
    const length = 4 * dimensions.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F32', shape: dimensions, data_offsets: [offset, offset + length] };
    offset += length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(padded.length));
  const handle = await open(`${file}.part`, 'w');
  await handle.write(Buffer.concat([prefix, padded]));
  const random = gaussian(1);
  for (const { shape: dimensions, deviation, mean = 0 } of tensors) {
    const values = new Float32Array(dimensions.reduce((product, size) => product * size, 1));
    for (let i = 0; i < values.length; i++) values[i] = mean + (deviation ? deviation * random() : 0);
    await handle.write(new Uint8Array(values.buffer));
  }
  await handle.close();
  await rename(`${file}.part`, file);
}

/** Seeded normal deviates: mulberry32 and the Box-Muller transform. */
export function gaussian(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
