import { PromiseMemo } from '../../../async/promiseMemo.js';
import { Session, type SessionSettings } from '../session/index.js';

/** What multiplies vectors with every row of a table. */
export interface Products {
  /**
   * @param vectors [H, hiddenSize]
   * @returns [H, vocabulary]
   */
  products(vectors: Float32Array): Promise<Float32Array>;
}

/** A table in onnxruntime, for nothing but products; it is loaded when the first ones are wanted. */
export class TableProducts implements Products {
  private readonly sessions = new PromiseMemo<'session', Session>();

  /**
   * @param onnx the graph `inputProducts`
   * @param folder to which the graph's weights refer
   */
  constructor(
    private readonly onnx: Uint8Array,
    private readonly hiddenSize: number,
    private readonly folder: string,
    private readonly settings: SessionSettings,
  ) {}

  async products(vectors: Float32Array): Promise<Float32Array> {
    const session = await this.sessions.get('session', () =>
      Session.open(this.onnx, this.folder, this.settings),
    );
    const shape = [vectors.length / this.hiddenSize, this.hiddenSize];
    const rows = { type: 'float32' as const, data: vectors, shape };
    const { products } = await session.run({ rows }, ['products']);
    return products.data as Float32Array;
  }

  async close(): Promise<void> {
    for (const session of await Promise.allSettled(this.sessions.all()))
      if (session.status === 'fulfilled') await session.value.close();
  }
}
