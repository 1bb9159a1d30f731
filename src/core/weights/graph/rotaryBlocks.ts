import { z } from 'zod';
import { InputError } from '../../report/errors.js';
import type { Weights } from '../files/checkpoint.js';
import { Count, type DecoderGraph, endsOf, Heads, Layers, selectedRows } from './architecture.js';
import { type AttentionShape, cachedAttention, slidingWindowInputs, visibilityInputs } from './attention.js';
import { type ChangeAt, changeInputs } from './changes.js';
import { GraphBuilder, type Value } from './graph.js';
import { ropeConfig, ropeFrequencies } from './rope.js';
import { type Rotation, rotaryAngles, rotate } from './rotary.js';

/** What config.json of every family with RMSNorm, rotary positions and a gated MLP says. */
export const rotaryConfig = {
  hidden_size: Count,
  intermediate_size: Count,
  num_hidden_layers: Layers,
  num_attention_heads: Heads,
  num_key_value_heads: Heads,
  head_dim: Count.max(8192).multipleOf(2),
  max_position_embeddings: Count,
  rms_norm_eps: z.number().positive().default(1e-6),
  vocab_size: Count,
  tie_word_embeddings: z.boolean(),
  ...ropeConfig,
};

export type RotaryConfig = z.infer<z.ZodObject<typeof rotaryConfig>>;

/** In what these families differ. */
export interface RotaryStyle {
  /** What the weights of norms count from. */
  normFrom: 0 | 1;
  /** What the gate of an MLP goes through. */
  activation: 'silu' | 'gelu, tanh approximation';
  /** Input embeddings are multiplied by it; absent: they are taken as they are. */
  embeddingFactor?: number;
  /** Whether queries and keys are normalised head by head before they are turned. */
  headNorms?: boolean;
  /** Which products have a bias added. */
  biases?: { queryKeyValue: boolean; attentionOutput: boolean; mlp: boolean };
  /** What names of tensors begin with, those of the blocks and that of the head; default `model.` and nothing. */
  prefixes?: { blocks: string; head: string };
}

/** Layers in which a row sees the last positions only. */
export interface SlidingWindow {
  /** Positions seen, the row's own included. */
  size: number;
  slides: (layer: number) => boolean;
  /** How positions turn queries and keys there [headSize / 2]; absent: as in the other layers. */
  frequencies?: readonly number[];
}

/** The parts that these families share; weights are torch.nn.Linear's [out, in]. */
export class RotaryBlocks {
  readonly graph = new GraphBuilder();
  private readonly changeAt: ChangeAt;

  constructor(
    private readonly config: RotaryConfig,
    private readonly weights: Weights,
    private readonly style: RotaryStyle,
  ) {
    const { num_attention_heads: heads, num_key_value_heads: keyValueHeads } = config;
    if (heads % keyValueHeads !== 0)
      throw new InputError(
        `config.json: ${heads} attention heads cannot share ${keyValueHeads} key and value heads evenly.`,
      );
    this.changeAt = changeInputs(this.graph, config.num_hidden_layers, config.hidden_size);
  }

  /**
   * The decoder whose blocks `block` adds, with its ends.
   *
   * @param shape of attention, besides the heads
   * @param block from a block's residual stream and its normalised form, by `attend`, to those of the next one
   * @param softcap of the logits
   */
  decoder(
    shape: Pick<AttentionShape, 'scale' | 'softcap'>,
    block: (layer: number, stream: Value, attended: Value) => [Value, Value],
    { window, softcap }: { window?: SlidingWindow | undefined; softcap?: number | undefined } = {},
  ): DecoderGraph {
    const { graph, config } = this;
    const { num_hidden_layers: layers, hidden_size: width, num_key_value_heads, head_dim } = config;
    const { frequencies = [] } = window ?? {};
    const [turn, turnInWindow = turn] = rotaryAngles(
      graph,
      ...[ropeFrequencies(config, head_dim), frequencies].filter(({ length }) => length > 0),
    );
    const everything = visibilityInputs(graph, num_key_value_heads);
    const sliding = Array.from({ length: layers }, (_, layer) => window?.slides(layer) === true);
    const windowed = sliding.includes(true) ? slidingWindowInputs(graph, everything) : everything;

    let stream = this.embedded();
    let normalised = this.norm(stream, 'layers.0.input_layernorm');
    for (let layer = 0; layer < layers; layer++) {
      const name = `layers.${layer}.self_attn`;
      this.hook(layer, 'pre', stream);
      const [query, key, value] = this.queryKeyValue(
        normalised,
        name,
        sliding[layer] ? turnInWindow! : turn!,
      );
      const visible = sliding[layer] ? windowed : everything;
      const mixed = cachedAttention(graph, layer, query, key, value, visible, { ...this.heads, ...shape });
      [normalised, stream] = block(layer, stream, this.attentionOutput(mixed, name));
      this.hook(layer, 'post', stream);
    }
    selectedRows(graph, normalised, width);
    return {
      decoder: graph.encode(),
      decoderUpTo: (hook) => graph.encode([hook]),
      layers,
      hiddenSize: width,
      keyValueSize: num_key_value_heads * head_dim,
      vocabularySize: config.vocab_size,
      contextLength: config.max_position_embeddings,
      finalNorm: { weight: this.nameOf('norm.weight'), from: this.style.normFrom, centers: false },
      ...endsOf(this.weights, {
        embeddings: this.nameOf('embed_tokens.weight'),
        ownHead: `${this.style.prefixes?.head ?? ''}lm_head.weight`,
        isTied: config.tie_word_embeddings,
        hiddenSize: width,
        vocabularySize: config.vocab_size,
        softcap,
      }),
      ...(window && sliding.includes(true) ? { slidingWindow: window.size } : {}),
    };
  }

  /** A block with norms before attention and MLP only. */
  preNormBlock(layer: number, stream: Value, attended: Value): [Value, Value] {
    const name = `layers.${layer}`;
    const [normalised, middle] = this.addAndNorm(stream, attended, `${name}.post_attention_layernorm`);
    return this.endBlock(layer, middle, this.mlp(normalised, `${name}.mlp`));
  }

  /** RMSNorm: x / sqrt(mean(x^2) + epsilon) * (from + w). */
  norm(rows: Value, name: string): Value {
    return this.rmsNorm(rows, name, this.config.hidden_size);
  }

  /** Adds to the residual stream and normalises in one operator; returns the normalised rows and the sum. */
  addAndNorm(stream: Value, update: Value, name: string): [Value, Value] {
    const [normalised, , , sum] = this.graph.ops(
      'SkipSimplifiedLayerNormalization',
      [stream, update, this.normWeight(name, this.config.hidden_size)],
      4,
      this.epsilon,
      'com.microsoft',
    );
    return [normalised!, sum!];
  }

  /** `addAndNorm` of what ends a block; the stream may be changed there. */
  endBlock(layer: number, stream: Value, update: Value): [Value, Value] {
    const changed = this.changeAt(layer + 1, update, () => this.graph.op('Add', [stream, update]));
    const next = layer + 1 < this.config.num_hidden_layers ? `layers.${layer + 1}.input_layernorm` : 'norm';
    return this.addAndNorm(stream, changed, next);
  }

  /** A gated MLP (Shazeer 2020): down(activation(gate(x)) * up(x)). */
  mlp(rows: Value, name: string): Value {
    const { hidden_size: width, intermediate_size: inner } = this.config;
    const biased = this.style.biases?.mlp;
    const gate = this.activated(this.linear(rows, `${name}.gate_proj`, width, inner, biased));
    const product = this.graph.op('Mul', [gate, this.linear(rows, `${name}.up_proj`, width, inner, biased)]);
    return this.linear(product, `${name}.down_proj`, inner, width, biased);
  }

  private get heads() {
    const { num_attention_heads: heads, num_key_value_heads: keyValueHeads, head_dim } = this.config;
    return { heads, keyValueHeads, headSize: head_dim };
  }

  /** The residual stream begins with the input embeddings. */
  private embedded(): Value {
    const embeddings = this.graph.input('embeddings', 'float32', ['R', this.config.hidden_size]);
    const { embeddingFactor } = this.style;
    const stream =
      embeddingFactor === undefined
        ? embeddings
        : this.graph.op('Mul', [embeddings, this.graph.scalar(embeddingFactor)]);
    return this.changeAt(0, stream, () => stream);
  }

  /** Makes the residual stream before or after a block an output. */
  private hook(layer: number, place: 'pre' | 'post', stream: Value): void {
    this.graph.output(`blocks.${layer}.hook_resid_${place}`, stream, 'float32', [
      'R',
      this.config.hidden_size,
    ]);
  }

  /** Queries and keys are turned by their positions. */
  private queryKeyValue(rows: Value, name: string, rotation: Rotation): [Value, Value, Value] {
    const { hidden_size, num_attention_heads, num_key_value_heads, head_dim } = this.config;
    const { headNorms, biases } = this.style;
    const project = (part: string, heads: number) =>
      this.linear(rows, `${name}.${part}_proj`, hidden_size, heads * head_dim, biases?.queryKeyValue);
    const turned = (part: 'q' | 'k', heads: number) => {
      const rows = project(part, heads);
      const width = heads * head_dim;
      if (!headNorms) return rotate(this.graph, rows, width, rotation);
      const byHead = this.graph.op('Reshape', [rows, this.graph.integers(0, heads, head_dim)]);
      const normalised = this.rmsNorm(byHead, `${name}.${part}_norm`, head_dim);
      const joined = this.graph.op('Reshape', [normalised, this.graph.integers(0, width)]);
      return rotate(this.graph, joined, width, rotation);
    };
    return [
      turned('q', num_attention_heads),
      turned('k', num_key_value_heads),
      project('v', num_key_value_heads),
    ];
  }

  private attentionOutput(mixed: Value, name: string): Value {
    const { hidden_size: width, num_attention_heads, head_dim } = this.config;
    const biased = this.style.biases?.attentionOutput;
    return this.linear(mixed, `${name}.o_proj`, num_attention_heads * head_dim, width, biased);
  }

  private activated(gate: Value): Value {
    return this.style.activation === 'silu'
      ? this.graph.op('QuickGelu', [gate], { alpha: { float: 1 } }, 'com.microsoft') // x * sigmoid(alpha * x)
      : this.graph.op('FastGelu', [gate], {}, 'com.microsoft');
  }

  private linear(rows: Value, name: string, inputs: number, outputs: number, biased = false): Value {
    const full = this.nameOf(name);
    const matrix = this.weights.matrix(`${full}.weight`, inputs, outputs, 'outputs,inputs');
    const product = this.graph.linear(rows, matrix);
    if (!biased) return product;
    const bias = this.graph.weight(`${full}.bias`, this.weights.tensor(`${full}.bias`, [outputs]));
    return this.graph.op('Add', [product, bias]);
  }

  private rmsNorm(rows: Value, name: string, size: number): Value {
    return this.graph.op('SimplifiedLayerNormalization', [rows, this.normWeight(name, size)], {
      axis: -1,
      ...this.epsilon,
    });
  }

  private normWeight(name: string, size: number): Value {
    const full = this.nameOf(`${name}.weight`);
    const weight = this.graph.weight(full, this.weights.tensor(full, [size]));
    return this.style.normFrom === 0 ? weight : this.graph.op('Add', [weight, this.graph.scalar(1)]);
  }

  /** Name of a tensor in the checkpoint. */
  private nameOf(name: string): string {
    return `${this.style.prefixes?.blocks ?? 'model.'}${name}`;
  }

  private get epsilon() {
    return { epsilon: { float: this.config.rms_norm_eps } };
  }
}
