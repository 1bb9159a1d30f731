import type { EmbeddingTable } from '../features/ports.js';
import { GraphBuilder } from '../models/graph.js';
import { principalComponent } from '../models/principalComponent.js';
import { readElements, type TensorLocation } from '../models/safetensors.js';
import { Session, type SessionSettings } from './session.js';

/** Rows read at a time while the table is measured: bounds memory at rows * hiddenSize * 4 bytes. */
const ROWS_AT_A_TIME = 4096;

/** The input embeddings of a checkpoint, multiplied by onnxruntime where they lie in the file. */
export class Embeddings implements EmbeddingTable {
  private component: Promise<Float32Array> | undefined;

  private constructor(
    private readonly products: Session,
    private readonly tensor: TensorLocation,
    private readonly folder: string,
    private readonly settings: SessionSettings,
    /** Length of each embedding [size]. */
    private readonly norms: Float64Array,
    readonly centroid: Float32Array,
    readonly meanDistance: number,
    readonly centroidCosines: Float32Array,
  ) {}

  static async open(tensor: TensorLocation, folder: string, settings: SessionSettings): Promise<Embeddings> {
    const graph = new GraphBuilder();
    const table = graph.weight('embeddings', tensor);
    const vector = graph.input('vector', 'float32', [tensor.shape[1]!, 1]);
    graph.output('products', graph.op('MatMul', [table, vector]), 'float32', [tensor.shape[0]!, 1]);
    const products = await Session.open(graph.encode(), folder, settings);

    const { norms, centroid } = await measure(tensor);
    const centroidProducts = await multiply(products, centroid);
    const centroidNorm = Math.hypot(...centroid);
    let distances = 0;
    for (let token = 0; token < norms.length; token++) {
      // |e - c|^2 = |e|^2 - 2 e.c + |c|^2
      const squared = norms[token]! ** 2 - 2 * centroidProducts[token]! + centroidNorm ** 2;
      distances += Math.sqrt(Math.max(0, squared));
    }
    return new Embeddings(
      products,
      tensor,
      folder,
      settings,
      norms,
      centroid,
      distances / norms.length,
      toCosines(centroidProducts, norms, centroidNorm),
    );
  }

  get size(): number {
    return this.norms.length;
  }

  get hiddenSize(): number {
    return this.centroid.length;
  }

  async cosines(vector: Float32Array): Promise<Float32Array> {
    return toCosines(await multiply(this.products, vector), this.norms, Math.hypot(...vector));
  }

  principalComponent(): Promise<Float32Array> {
    this.component ??= this.findPrincipalComponent();
    return this.component;
  }

  close(): Promise<void> {
    return this.products.close();
  }

  private async findPrincipalComponent(): Promise<Float32Array> {
    const graph = new GraphBuilder();
    const table = graph.weight('embeddings', this.tensor);
    const size = this.hiddenSize;
    graph.output('moments', graph.op('Gemm', [table, table], { transA: 1 }), 'float32', [size, size]);
    const session = await Session.open(graph.encode(), this.folder, this.settings);
    try {
      const { moments } = await session.run({}, ['moments']);
      return principalComponent(moments.data as Float32Array, this.centroid, this.size);
    } finally {
      await session.close();
    }
  }
}

async function multiply(session: Session, vector: Float32Array): Promise<Float32Array> {
  const results = await session.run(
    { vector: { type: 'float32', data: vector, shape: [vector.length, 1] } },
    ['products'],
  );
  return results.products.data as Float32Array;
}

/** Turns products into cosines, in place. */
function toCosines(products: Float32Array, norms: Float64Array, norm: number): Float32Array {
  // An embedding of length 0 (an unused row of a padded vocabulary) is near nothing.
  for (let i = 0; i < products.length; i++)
    products[i] = norms[i] ? products[i]! / (norms[i]! * norm || 1) : 0;
  return products;
}

/** Lengths and mean of the rows, in float64 over chunks of the file. */
async function measure(tensor: TensorLocation): Promise<{ norms: Float64Array; centroid: Float32Array }> {
  const [rows, width] = tensor.shape as [number, number];
  const norms = new Float64Array(rows);
  const sum = new Float64Array(width);
  for (let first = 0; first < rows; first += ROWS_AT_A_TIME) {
    const count = Math.min(ROWS_AT_A_TIME, rows - first);
    const chunk = await readElements(tensor, first * width, count * width);
    for (let row = 0; row < count; row++) {
      let squares = 0;
      for (let i = 0; i < width; i++) {
        const value = chunk[row * width + i]!;
        sum[i]! += value;
        squares += value * value;
      }
      norms[first + row] = Math.sqrt(squares);
    }
  }
  return { norms, centroid: Float32Array.from(sum, (value) => value / rows) };
}
