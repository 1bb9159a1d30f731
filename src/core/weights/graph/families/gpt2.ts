import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import {
  type Architecture,
  Count,
  endsOf,
  Heads,
  Layers,
  parseConfig,
  selectedRows,
} from '../architecture.js';
import { cachedAttention, visibilityInputs } from '../attention.js';
import { changeInputs } from '../changes.js';
import { GraphBuilder, type Value } from '../graph.js';
import { LayerNorms } from '../layerNorms.js';

const Config = z.object({
  model_type: z.literal('gpt2'),
  n_embd: Count,
  n_layer: Layers,
  n_head: Heads,
  n_positions: Count,
  n_inner: Count.nullish(),
  vocab_size: Count,
  layer_norm_epsilon: z.number().positive().default(1e-5),
  // Two names of the tanh approximation.
  activation_function: z.enum(['gelu_new', 'gelu_pytorch_tanh']).default('gelu_new'),
  tie_word_embeddings: z.boolean().default(true),
});

/**
 * GPT-2 (Radford et al. 2019) as Hugging Face's GPT2LMHeadModel stores it: learned positions, LayerNorm before
 * each block, Conv1D weights [in, out].
 */
export const gpt2: Architecture = (config, weights) => {
  const parsed = parseConfig(Config, config, weights);
  const { n_embd: width, n_layer: layers, n_head: heads, n_positions, vocab_size } = parsed;
  if (width % heads !== 0)
    throw new InputError(`config.json: n_embd ${width} is not a multiple of n_head ${heads}.`);
  const inner = parsed.n_inner ?? 4 * width;

  // The Hub has both forms: GPT2Model without a prefix ("gpt2"), GPT2LMHeadModel with "transformer.".
  const prefix = weights.has('transformer.wpe.weight') ? 'transformer.' : '';
  const graph = new GraphBuilder();
  const weight = (name: string, ...shape: number[]) =>
    graph.weight(name, weights.tensor(prefix + name, shape));
  const product = (rows: Value, name: string, inputs: number, outputs: number) =>
    graph.linear(rows, weights.matrix(`${prefix}${name}.weight`, inputs, outputs, 'inputs,outputs'));
  const linear = (rows: Value, name: string, inputs: number, outputs: number) =>
    graph.op('Add', [product(rows, name, inputs, outputs), weight(`${name}.bias`, outputs)]);
  const norms = new LayerNorms(graph, weight, width, parsed.layer_norm_epsilon);
  const changed = changeInputs(graph, layers, width);

  const positions = graph.op('Gather', [
    weight('wpe.weight', n_positions, width),
    graph.input('positions', 'int64', ['R']),
  ]);
  const visible = visibilityInputs(graph, heads);
  const headSize = width / heads;
  const shape = { heads, keyValueHeads: heads, headSize, scale: 1 / Math.sqrt(headSize) };

  const embedded = graph.op('Add', [graph.input('embeddings', 'float32', ['R', width]), positions]);
  let stream = changed(0, embedded, () => embedded); // [R, width]
  let normalised = norms.norm(stream, 'h.0.ln_1');
  for (let layer = 0; layer < layers; layer++) {
    const name = `h.${layer}`;
    graph.output(`blocks.${layer}.hook_resid_pre`, stream, 'float32', ['R', width]);
    const attended = linear(normalised, `${name}.attn.c_attn`, width, 3 * width);
    const [query, key, value] = graph.ops('Split', [attended, graph.integers(width, width, width)], 3, {
      axis: 1,
    });
    const mixed = cachedAttention(graph, layer, query!, key!, value!, visible, shape);
    [normalised, stream] = norms.addAndNorm(
      stream,
      product(mixed, `${name}.attn.c_proj`, width, width),
      weight(`${name}.attn.c_proj.bias`, width),
      `${name}.ln_2`,
    );
    const up = product(normalised, `${name}.mlp.c_fc`, width, inner);
    const active = graph.op('FastGelu', [up, weight(`${name}.mlp.c_fc.bias`, inner)], {}, 'com.microsoft');
    const down = product(active, `${name}.mlp.c_proj`, inner, width);
    const next = layer + 1 < layers ? `h.${layer + 1}.ln_1` : 'ln_f';
    const bias = weight(`${name}.mlp.c_proj.bias`, width);
    const update = changed(layer + 1, down, () => graph.op('Add', [graph.op('Add', [stream, down]), bias]));
    [normalised, stream] = norms.addAndNorm(stream, update, bias, next);
    graph.output(`blocks.${layer}.hook_resid_post`, stream, 'float32', ['R', width]);
  }
  selectedRows(graph, normalised, width);

  return {
    decoder: graph.encode(),
    decoderUpTo: (hook) => graph.encode([hook]),
    ...endsOf(weights, {
      embeddings: `${prefix}wte.weight`,
      isTied: parsed.tie_word_embeddings,
      hiddenSize: width,
      vocabularySize: vocab_size,
    }),
    layers,
    hiddenSize: width,
    keyValueSize: width,
    vocabularySize: vocab_size,
    contextLength: n_positions,
    finalNorm: { weight: `${prefix}ln_f.weight`, from: 0, centers: true },
  };
};
