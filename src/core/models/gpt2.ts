import { z } from 'zod';
import { InputError } from '../errors.js';
import { type Architecture, embedRows, nextTokens } from './architecture.js';
import { cachedAttention, visibilityInputs } from './attention.js';
import { GraphBuilder, type Value } from './graph.js';

const Config = z.object({
  model_type: z.literal('gpt2'),
  n_embd: z.number().int().positive(),
  n_layer: z.number().int().positive(),
  n_head: z.number().int().positive(),
  n_positions: z.number().int().positive(),
  n_inner: z.number().int().positive().nullish(),
  vocab_size: z.number().int().positive(),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  activation_function: z.literal('gelu_new').default('gelu_new'),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
});

/**
 * GPT-2 (Radford et al. 2019) as Hugging Face's GPT2LMHeadModel stores it: learned positions, LayerNorm before
 * each block, Conv1D weights [in, out], tied output embeddings.
 */
export const gpt2: Architecture = (config, checkpoint) => {
  const parsed = Config.safeParse(config);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(
      `config.json in ${checkpoint.folder} is not GPT-2's: ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }
  const {
    n_embd: width,
    n_layer: layers,
    n_head: heads,
    n_positions,
    vocab_size,
    layer_norm_epsilon,
  } = parsed.data;
  if (width % heads !== 0)
    throw new InputError(`config.json: n_embd ${width} is not a multiple of n_head ${heads}.`);
  const inner = parsed.data.n_inner ?? 4 * width;

  // The Hub has both forms: GPT2Model without a prefix ("gpt2"), GPT2LMHeadModel with "transformer.".
  const prefix = checkpoint.has('transformer.wte.weight') ? 'transformer.' : '';
  const graph = new GraphBuilder();
  const locate = (name: string, ...shape: number[]) => checkpoint.tensor(prefix + name, shape);
  const weight = (name: string, ...shape: number[]) => graph.weight(name, locate(name, ...shape));
  const linear = (rows: Value, name: string, inputs: number, outputs: number) =>
    graph.op('Gemm', [rows, weight(`${name}.weight`, inputs, outputs), weight(`${name}.bias`, outputs)]);
  const epsilon = { epsilon: { float: layer_norm_epsilon } };
  const norm = (rows: Value, name: string) =>
    graph.op(
      'LayerNormalization',
      [rows, weight(`${name}.weight`, width), weight(`${name}.bias`, width)],
      epsilon,
    );
  // Adds to the residual stream and normalises in one operator; returns both.
  const addAndNorm = (stream: Value, update: Value, name: string): [Value, Value] => {
    const [normalised, , , sum] = graph.ops(
      'SkipLayerNormalization',
      [stream, update, weight(`${name}.weight`, width), weight(`${name}.bias`, width)],
      4,
      epsilon,
      'com.microsoft',
    );
    return [normalised!, sum!];
  };

  const embeddings = weight('wte.weight', vocab_size, width);
  const positions = graph.op('Gather', [
    weight('wpe.weight', n_positions, width),
    graph.input('positions', 'int64', ['R']),
  ]);
  const visible = visibilityInputs(graph, heads);
  const shape = { heads, headSize: width / heads, scale: 1 / Math.sqrt(width / heads) };

  let stream = graph.op('Add', [embedRows(graph, embeddings, width), positions]); // [R, width]
  let normalised = norm(stream, 'h.0.ln_1');
  for (let layer = 0; layer < layers; layer++) {
    const name = `h.${layer}`;
    graph.output(`blocks.${layer}.hook_resid_pre`, stream, 'float32', ['R', width]);
    const attended = linear(normalised, `${name}.attn.c_attn`, width, 3 * width);
    const [query, key, value] = graph.ops('Split', [attended, graph.integers(width, width, width)], 3, {
      axis: 1,
    });
    const mixed = cachedAttention(graph, layer, query!, key!, value!, visible, shape);
    [normalised, stream] = addAndNorm(
      stream,
      linear(mixed, `${name}.attn.c_proj`, width, width),
      `${name}.ln_2`,
    );
    const up = graph.op('MatMul', [normalised, weight(`${name}.mlp.c_fc.weight`, width, inner)]);
    const active = graph.op('FastGelu', [up, weight(`${name}.mlp.c_fc.bias`, inner)], {}, 'com.microsoft');
    const down = linear(active, `${name}.mlp.c_proj`, inner, width);
    const next = layer + 1 < layers ? `h.${layer + 1}.ln_1` : 'ln_f';
    [normalised, stream] = addAndNorm(stream, down, next);
    graph.output(`blocks.${layer}.hook_resid_post`, stream, 'float32', ['R', width]);
  }
  nextTokens(graph, normalised, vocab_size, (rows) => graph.op('Gemm', [rows, embeddings], { transB: 1 }));

  return {
    onnx: graph.encode(),
    layers,
    hiddenSize: width,
    keyValueSize: width,
    vocabularySize: vocab_size,
    contextLength: n_positions,
    embeddings: locate('wte.weight', vocab_size, width),
  };
};
