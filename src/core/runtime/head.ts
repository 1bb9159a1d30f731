import { Session, type SessionSettings } from './session.js';

/** What follows rows of hidden states: `top` entries for each row, best first. */
export interface NextTokens {
  probabilities: Float32Array;
  tokens: BigInt64Array;
}

/** The output embeddings in onnxruntime: next tokens for the decoder, products for the token list. */
export class Head {
  private constructor(
    private readonly session: Session,
    private readonly hiddenSize: number,
  ) {}

  /**
   * @param onnx made by `headGraph`
   * @param folder to which the graph's weights refer
   */
  static async open(
    onnx: Uint8Array,
    hiddenSize: number,
    folder: string,
    settings: SessionSettings,
  ): Promise<Head> {
    return new Head(await Session.open(onnx, folder, settings), hiddenSize);
  }

  /** @param hidden normalised hidden states [H, hiddenSize] */
  async next(hidden: Float32Array, top: number): Promise<NextTokens> {
    const { probabilities, tokens } = await this.run(hidden, top, ['probabilities', 'tokens']);
    return {
      probabilities: probabilities.data as Float32Array,
      tokens: tokens.data as BigInt64Array,
    };
  }

  /** @returns what the softmax is taken of [H, vocabulary] */
  async logits(hidden: Float32Array): Promise<Float32Array> {
    const name = this.session.outputs.includes('logits') ? 'logits' : 'products';
    return (await this.run(hidden, 1, [name]))[name]!.data as Float32Array;
  }

  /** @returns the product of every output embedding with a vector [hiddenSize]: [vocabulary] */
  async products(vector: Float32Array): Promise<Float32Array> {
    return (await this.run(vector, 1, ['products'])).products.data as Float32Array;
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private run<Name extends string>(rows: Float32Array, top: number, fetches: readonly Name[]) {
    const shape = [rows.length / this.hiddenSize, this.hiddenSize];
    return this.session.run(
      { rows: { type: 'float32', data: rows, shape }, top: { type: 'int64', data: [top], shape: [1] } },
      fetches,
    );
  }
}
