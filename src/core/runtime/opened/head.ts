import { Session, type SessionSettings } from '../session/index.js';
import type { Products } from './products.js';

/** Rows of scores in memory at once: over a large vocabulary each takes a megabyte, and more are not faster. */
const ROWS_AT_A_TIME = 32;

/** What follows rows of hidden states: `top` entries for each row, best first. */
export interface NextTokens {
  probabilities: Float32Array;
  tokens: BigInt64Array;
  /** Probabilities of the tokens asked for, one for each row; empty where none was. */
  targets: Float32Array;
}

/** The output embeddings in onnxruntime: next tokens for the decoder, products for the logit lens. */
export class Head implements Products {
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

  /**
   * @param hidden normalised hidden states [H, hiddenSize]
   * @param targets for each row a token whose probability is wanted, too
   */
  async next(hidden: Float32Array, top: number, targets: readonly number[] = []): Promise<NextTokens> {
    const rows = hidden.length / this.hiddenSize;
    const next = {
      probabilities: new Float32Array(rows * top),
      tokens: new BigInt64Array(rows * top),
      targets: new Float32Array(targets.length),
    };
    for (let first = 0; first < rows; first += ROWS_AT_A_TIME) {
      const part = hidden.subarray(first * this.hiddenSize, (first + ROWS_AT_A_TIME) * this.hiddenSize);
      const wanted = targets.slice(first, first + ROWS_AT_A_TIME);
      const { probabilities, tokens, probability } = await this.run(
        part,
        top,
        ['probabilities', 'tokens', 'probability'],
        wanted.length > 0 ? wanted : undefined,
      );
      if (wanted.length > 0) next.targets.set(probability.data as Float32Array, first);
      next.probabilities.set(probabilities.data as Float32Array, first * top);
      next.tokens.set(tokens.data as BigInt64Array, first * top);
    }
    return next;
  }

  /** @returns what the softmax is taken of [H, vocabulary] */
  async logits(hidden: Float32Array): Promise<Float32Array> {
    const name = this.session.outputs.includes('logits') ? 'logits' : 'products';
    return (await this.run(hidden, 1, [name]))[name]!.data as Float32Array;
  }

  /**
   * @param hidden normalised hidden states [H, hiddenSize]
   * @returns probabilities of all next tokens [H, vocabulary]
   */
  async distributions(hidden: Float32Array): Promise<Float32Array> {
    const values = await this.logits(hidden);
    const size = (values.length * this.hiddenSize) / hidden.length;
    for (let first = 0; first < values.length; first += size) softmax(values.subarray(first, first + size));
    return values;
  }

  /** @returns the products of every output embedding with vectors [H, hiddenSize]: [H, vocabulary] */
  async products(vectors: Float32Array): Promise<Float32Array> {
    return (await this.run(vectors, 1, ['products'])).products.data as Float32Array;
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private run<Name extends string>(
    rows: Float32Array,
    top: number,
    fetches: readonly Name[],
    targets: readonly number[] = new Array(rows.length / this.hiddenSize).fill(0),
  ) {
    const count = rows.length / this.hiddenSize;
    return this.session.run(
      {
        rows: { type: 'float32', data: rows, shape: [count, this.hiddenSize] },
        top: { type: 'int64', data: [top], shape: [1] },
        targets: { type: 'int64', data: targets, shape: [count, 1] },
      },
      fetches,
    );
  }
}

/** Turns logits into probabilities, in place. */
function softmax(row: Float32Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of row) largest = Math.max(largest, logit);
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    row[i] = Math.exp(row[i]! - largest);
    sum += row[i]!;
  }
  for (let i = 0; i < row.length; i++) row[i]! /= sum;
}
