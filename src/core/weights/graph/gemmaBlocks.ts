import { z } from 'zod';
import { InputError } from '../../report/errors.js';
import type { Weights } from '../files/checkpoint.js';
import type { Matrix } from '../files/matrix.js';
import { Count, type DecoderGraph } from './architecture.js';
import type { AttentionShape } from './attention.js';
import { GraphBuilder, type Value } from './graph.js';
import { type HoldAt, holdInputs } from './hold.js';
import { type Rotation, rotaryAngles, rotate } from './rotary.js';

/** What config.json of every Gemma says. */
export const gemmaConfig = <Type extends string>(type: Type) =>
  z.object({
    model_type: z.literal(type),
    hidden_size: Count,
    intermediate_size: Count,
    num_hidden_layers: Count,
    num_attention_heads: Count,
    num_key_value_heads: Count,
    head_dim: Count.multipleOf(2),
    max_position_embeddings: Count,
    rms_norm_eps: z.number().positive(),
    rope_theta: z.number().positive().default(10_000),
    rope_scaling: z.null().optional(),
    attention_bias: z.literal(false).default(false),
    tie_word_embeddings: z.literal(true).default(true),
    vocab_size: Count,
  });

type GemmaConfig = Omit<z.infer<ReturnType<typeof gemmaConfig>>, 'model_type'>;

/** The parts that the Gemma families share; weights are torch.nn.Linear's [out, in] without biases. */
export class GemmaBlocks {
  readonly graph = new GraphBuilder();
  private readonly rotation: Rotation;
  private readonly holdAt: HoldAt;

  constructor(
    private readonly config: GemmaConfig,
    private readonly weights: Weights,
  ) {
    const { num_attention_heads: heads, num_key_value_heads: keyValueHeads, head_dim, rope_theta } = config;
    if (heads % keyValueHeads !== 0)
      throw new InputError(
        `config.json: ${heads} attention heads cannot share ${keyValueHeads} key and value heads evenly.`,
      );
    this.rotation = rotaryAngles(this.graph, head_dim, rope_theta);
    this.holdAt = holdInputs(this.graph, config.num_hidden_layers, config.hidden_size);
  }

  /** The numbers that the caller of the graph needs. */
  facts(): Omit<DecoderGraph, 'decoder' | 'head'> {
    const { config } = this;
    return {
      layers: config.num_hidden_layers,
      hiddenSize: config.hidden_size,
      keyValueSize: config.num_key_value_heads * config.head_dim,
      vocabularySize: config.vocab_size,
      contextLength: config.max_position_embeddings,
      embeddings: EMBEDDINGS,
      finalNorm: { weight: 'model.norm.weight', from: 1, centers: false },
    };
  }

  /** @param scale factor on the query-key products */
  attentionShape(scale: number): AttentionShape {
    const {
      num_attention_heads: heads,
      num_key_value_heads: keyValueHeads,
      head_dim: headSize,
    } = this.config;
    return { heads, keyValueHeads, headSize, scale };
  }

  /** Input embeddings times sqrt(d_model): the residual stream begins there. */
  scaledEmbeddings(): Value {
    const { hidden_size: width } = this.config;
    const embeddings = this.graph.input('embeddings', 'float32', ['R', width]);
    const scaled = this.graph.op('Mul', [embeddings, this.graph.scalar(Math.sqrt(width))]);
    return this.holdAt(0, scaled, () => scaled);
  }

  /** Makes the residual stream before or after a block an output. */
  hook(layer: number, place: 'pre' | 'post', stream: Value): void {
    this.graph.output(`blocks.${layer}.hook_resid_${place}`, stream, 'float32', [
      'R',
      this.config.hidden_size,
    ]);
  }

  /** RMSNorm with a weight that counts from 1: x / sqrt(mean(x^2) + epsilon) * (1 + w). */
  norm(rows: Value, name: string): Value {
    return this.graph.op('SimplifiedLayerNormalization', [rows, this.normWeight(name)], {
      axis: -1,
      ...this.epsilon,
    });
  }

  /** Adds to the residual stream and normalises in one operator; returns both. */
  addAndNorm(stream: Value, update: Value, name: string): [Value, Value] {
    const [normalised, , , sum] = this.graph.ops(
      'SkipSimplifiedLayerNormalization',
      [stream, update, this.normWeight(name)],
      4,
      this.epsilon,
      'com.microsoft',
    );
    return [normalised!, sum!];
  }

  /** `addAndNorm` of what ends a block; a feature may be held there. */
  endBlock(layer: number, stream: Value, update: Value): [Value, Value] {
    const changed = this.holdAt(layer + 1, update, () => this.graph.op('Add', [stream, update]));
    const next = layer + 1 < this.config.num_hidden_layers ? `layers.${layer + 1}.input_layernorm` : 'norm';
    return this.addAndNorm(stream, changed, next);
  }

  /** Queries and keys are turned by their positions. */
  queryKeyValue(rows: Value, name: string): [Value, Value, Value] {
    const { hidden_size: width, num_attention_heads, num_key_value_heads, head_dim } = this.config;
    const project = (part: string, heads: number) =>
      this.linear(rows, `${name}.${part}`, width, heads * head_dim);
    const turned = (value: Value, heads: number) => rotate(this.graph, value, heads, head_dim, this.rotation);
    return [
      turned(project('q_proj', num_attention_heads), num_attention_heads),
      turned(project('k_proj', num_key_value_heads), num_key_value_heads),
      project('v_proj', num_key_value_heads),
    ];
  }

  attentionOutput(mixed: Value, name: string): Value {
    const { hidden_size: width, num_attention_heads, head_dim } = this.config;
    return this.linear(mixed, `${name}.o_proj`, num_attention_heads * head_dim, width);
  }

  /** GeGLU (Shazeer 2020) with the tanh approximation of GELU: down(gelu(gate(x)) * up(x)). */
  mlp(rows: Value, name: string): Value {
    const { hidden_size: width, intermediate_size: inner } = this.config;
    const gate = this.linear(rows, `${name}.gate_proj`, width, inner);
    const active = this.graph.op('FastGelu', [gate], {}, 'com.microsoft');
    const product = this.graph.op('Mul', [active, this.linear(rows, `${name}.up_proj`, width, inner)]);
    return this.linear(product, `${name}.down_proj`, inner, width);
  }

  /** Tied to the input embeddings. */
  outputEmbeddings(): Matrix {
    const { hidden_size: width, vocab_size } = this.config;
    return this.weights.matrix(EMBEDDINGS, width, vocab_size, 'outputs,inputs');
  }

  private linear(rows: Value, name: string, inputs: number, outputs: number): Value {
    const matrix = this.weights.matrix(`model.${name}.weight`, inputs, outputs, 'outputs,inputs');
    return this.graph.linear(rows, matrix);
  }

  private normWeight(name: string): Value {
    const full = `model.${name}.weight`;
    const weight = this.graph.weight(full, this.weights.tensor(full, [this.config.hidden_size]));
    return this.graph.op('Add', [weight, this.graph.scalar(1)]);
  }

  private get epsilon() {
    return { epsilon: { float: this.config.rms_norm_eps } };
  }
}

const EMBEDDINGS = 'model.embed_tokens.weight';
