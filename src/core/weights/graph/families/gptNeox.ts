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
import { ropeConfig, ropeFrequencies } from '../rope.js';
import { rotaryAngles, rotate } from '../rotary.js';

/** What GPTNeoXConfig takes where a file says nothing. */
const DEFAULT = { theta: 10_000, turned: 0.25 };

const Share = z.number().positive().max(1);
const Config = z.object({
  ...ropeConfig,
  model_type: z.literal('gpt_neox'),
  hidden_size: Count,
  intermediate_size: Count,
  num_hidden_layers: Layers,
  num_attention_heads: Heads,
  max_position_embeddings: Count,
  vocab_size: Count,
  layer_norm_eps: z.number().positive().default(1e-5),
  // The error function, or three names of its tanh approximation.
  hidden_act: z.enum(['gelu', 'gelu_new', 'gelu_fast', 'gelu_pytorch_tanh']).default('gelu'),
  rotary_pct: Share.nullish(),
  rotary_emb_base: z.number().positive().nullish(),
  // transformers 4 writes rope_theta and this beside the two above.
  partial_rotary_factor: Share.nullish(),
  use_parallel_residual: z.boolean().default(true),
  attention_bias: z.boolean().default(true),
  tie_word_embeddings: z.boolean().default(false),
});
type NeoxConfig = z.infer<typeof Config>;

/**
 * GPT-NeoX (Black et al. 2022) and Pythia as Hugging Face's GPTNeoXForCausalLM stores them: LayerNorm, attention and MLP
 * side by side over the same stream, rotary positions in the first part of each head, a head of its own.
 */
export const gptNeox: Architecture = (json, weights) => {
  const config = parseConfig(Config, json, weights);
  const { hidden_size: width, num_hidden_layers: layers, num_attention_heads: heads, vocab_size } = config;
  const { intermediate_size: inner, use_parallel_residual: isParallel, hidden_act } = config;
  if (width % heads !== 0)
    throw new InputError(
      `config.json: hidden_size ${width} is not a multiple of num_attention_heads ${heads}.`,
    );
  const headSize = width / heads;
  const { frequencies, turned } = rotationOf(config, headSize);

  const graph = new GraphBuilder();
  const weight = (name: string, ...shape: number[]) =>
    graph.weight(name, weights.tensor(`gpt_neox.${name}`, shape));
  const linear = (rows: Value, name: string, inputs: number, outputs: number, biased = true) => {
    const matrix = weights.matrix(`gpt_neox.${name}.weight`, inputs, outputs, 'outputs,inputs');
    const product = graph.linear(rows, matrix);
    return biased ? graph.op('Add', [product, weight(`${name}.bias`, outputs)]) : product;
  };
  const norms = new LayerNorms(graph, weight, width, config.layer_norm_eps);
  const changed = changeInputs(graph, layers, width);
  const visible = visibilityInputs(graph, heads);
  const [rotation] = rotaryAngles(graph, frequencies);
  const shape = { heads, keyValueHeads: heads, headSize, scale: headSize ** -0.5 };

  const attention = (rows: Value, layer: number) => {
    const name = `layers.${layer}.attention`;
    const joined = linear(rows, `${name}.query_key_value`, width, 3 * width, config.attention_bias);
    // Of each head its query, its key and its value, one behind the other.
    const byHead = graph.op('Reshape', [joined, graph.integers(0, heads, 3 * headSize)]);
    const sizes = graph.integers(headSize, headSize, headSize);
    const [query, key, value] = graph
      .ops('Split', [byHead, sizes], 3, { axis: 2 })
      .map((part) => graph.op('Reshape', [part, graph.integers(0, width)]));
    const turn = (part: Value) => rotate(graph, part, width, rotation!, { heads, turned });
    const mixed = cachedAttention(graph, layer, turn(query!), turn(key!), value!, visible, shape);
    return linear(mixed, `${name}.dense`, width, width, config.attention_bias);
  };
  const mlp = (rows: Value, layer: number) => {
    const name = `layers.${layer}.mlp`;
    const up = linear(rows, `${name}.dense_h_to_4h`, width, inner);
    const active = graph.op(hidden_act === 'gelu' ? 'Gelu' : 'FastGelu', [up], {}, 'com.microsoft');
    return linear(active, `${name}.dense_4h_to_h`, inner, width);
  };

  const embedded = graph.input('embeddings', 'float32', ['R', width]);
  let stream = changed(0, embedded, () => embedded); // [R, width]
  let normalised = norms.norm(stream, 'layers.0.input_layernorm');
  for (let layer = 0; layer < layers; layer++) {
    const second = `layers.${layer}.post_attention_layernorm`;
    graph.output(`blocks.${layer}.hook_resid_pre`, stream, 'float32', ['R', width]);
    const attended = attention(normalised, layer);
    let before = stream;
    let update: Value;
    if (isParallel) {
      update = graph.op('Add', [attended, mlp(norms.norm(stream, second), layer)]);
    } else {
      [normalised, before] = norms.addAndNorm(stream, attended, undefined, second);
      update = mlp(normalised, layer);
    }
    const ending = changed(layer + 1, update, () => graph.op('Add', [before, update]));
    const next = layer + 1 < layers ? `layers.${layer + 1}.input_layernorm` : 'final_layer_norm';
    [normalised, stream] = norms.addAndNorm(before, ending, undefined, next);
    graph.output(`blocks.${layer}.hook_resid_post`, stream, 'float32', ['R', width]);
  }
  selectedRows(graph, normalised, width);

  return {
    decoder: graph.encode(),
    decoderUpTo: (hook) => graph.encode([hook]),
    ...endsOf(weights, {
      embeddings: 'gpt_neox.embed_in.weight',
      ownHead: 'embed_out.weight',
      isTied: config.tie_word_embeddings,
      hiddenSize: width,
      vocabularySize: vocab_size,
    }),
    layers,
    hiddenSize: width,
    keyValueSize: width,
    vocabularySize: vocab_size,
    contextLength: config.max_position_embeddings,
    finalNorm: { weight: 'gpt_neox.final_layer_norm.weight', from: 0, centers: true },
  };
};

/**
 * How many numbers of each head are turned, and how fast.
 *
 * @throws {InputError} where two spellings of the same contradict each other
 */
function rotationOf(config: NeoxConfig, headSize: number): { frequencies: number[]; turned: number } {
  const { rope_theta, rotary_emb_base, partial_rotary_factor, rotary_pct } = config;
  // transformers takes the old names' values, or their defaults, where the new names stand beside them.
  const theta = rotary_emb_base ?? DEFAULT.theta;
  const share = rotary_pct ?? DEFAULT.turned;
  if ((rope_theta ?? theta) !== theta)
    throw new InputError(`config.json: rope_theta is ${rope_theta} and rotary_emb_base ${theta}.`);
  if ((partial_rotary_factor ?? share) !== share)
    throw new InputError(
      `config.json: partial_rotary_factor is ${partial_rotary_factor} and rotary_pct ${share}.`,
    );
  const key = config.rope_scaling ? 'rope_scaling' : 'rope_parameters';
  const { partial_rotary_factor: written, ...parameters } = config[key] ?? {};
  const parsed = Share.safeParse(written ?? share);
  if (!parsed.success)
    throw new InputError(`config.json: ${key}.partial_rotary_factor: expected a number from 0 to 1.`);
  const turned = Math.floor(headSize * parsed.data);
  if (turned === 0 || turned % 2 !== 0)
    throw new InputError(
      `config.json: rotary_pct ${parsed.data} turns ${turned} of ${headSize} numbers of each head; expected an even number.`,
    );
  return { turned, frequencies: ropeFrequencies({ [key]: parameters, rope_theta: theta }, turned) };
}
