import type { GraphBuilder, Value } from './graph.js';

/** LayerNorm (Ba et al. 2016) over rows of one width, with weights and biases. */
export class LayerNorms {
  /**
   * @param weight a tensor of the checkpoint, by its name behind the model's prefix
   */
  constructor(
    private readonly graph: GraphBuilder,
    private readonly weight: (name: string, ...shape: number[]) => Value,
    private readonly width: number,
    private readonly epsilon: number,
  ) {}

  norm(rows: Value, name: string): Value {
    return this.graph.op('LayerNormalization', [rows, ...this.weights(name)], this.attributes);
  }

  /** Adds to the residual stream (a bias, too) and normalises in one operator; returns both. */
  addAndNorm(stream: Value, update: Value, bias: Value | undefined, name: string): [Value, Value] {
    const inputs = [stream, update, ...this.weights(name), ...(bias === undefined ? [] : [bias])];
    const [normalised, , , sum] = this.graph.ops(
      'SkipLayerNormalization',
      inputs,
      4,
      this.attributes,
      'com.microsoft',
    );
    return [normalised!, sum!];
  }

  private weights(name: string): [Value, Value] {
    return [this.weight(`${name}.weight`, this.width), this.weight(`${name}.bias`, this.width)];
  }

  private get attributes() {
    return { epsilon: { float: this.epsilon } };
  }
}
