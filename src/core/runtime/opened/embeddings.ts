import { once } from '../../../async/promiseMemo.js';
import type { EmbeddingTable } from '../../model/ports.js';
import { center, type EmbeddingStatistics, forEachChunk } from '../../weights/derived/embeddingStatistics.js';
import { embeddingStatistics, keptComponent } from '../../weights/derived/embeddings.js';
import type { EmbeddingRows } from '../../weights/files/embeddingRows.js';
import type { TensorLocation } from '../../weights/files/safetensors.js';
import { GraphBuilder } from '../../weights/graph/graph.js';
import { principalComponent } from '../../weights/principalComponent.js';
import { Session, type SessionSettings } from '../session/index.js';
import type { Products } from './products.js';

/** A table of embeddings: where it lies, and the head that multiplies with it. */
export interface EmbeddingSource {
  /** [size, hiddenSize] */
  tensor: TensorLocation;
  rows: EmbeddingRows;
  /** Multiplies with the same table. */
  table: Products;
  /** Folder in which measured statistics are kept. */
  prepared: string;
}

/**
 * The input embeddings of a model: products with all of them come from onnxruntime (from the head, where the output
 * embeddings are the same), exact ones with a few from their file. The table itself is not held here.
 */
export class Embeddings implements EmbeddingTable {
  /** [hiddenSize] */
  readonly principalComponent = once(() => {
    const { tensor, prepared } = this.source;
    return keptComponent(tensor, this.centered, prepared, () => this.findPrincipalComponent());
  });

  private constructor(
    private readonly source: EmbeddingSource,
    private readonly centered: boolean,
    private readonly statistics: EmbeddingStatistics,
    private readonly settings: SessionSettings,
  ) {}

  /** @param centered whether rows are taken without their mean over the width */
  static async open(
    source: EmbeddingSource,
    centered: boolean,
    settings: SessionSettings,
  ): Promise<Embeddings> {
    const statistics = await embeddingStatistics(source.tensor, centered, source.prepared);
    return new Embeddings(source, centered, statistics, settings);
  }

  get size(): number {
    return this.statistics.norms.length;
  }

  get hiddenSize(): number {
    return this.statistics.centroid.length;
  }

  get centroid(): Float32Array {
    return this.statistics.centroid;
  }

  get meanDistance(): number {
    return this.statistics.meanDistance;
  }

  get centroidCosines(): Float32Array {
    return this.statistics.centroidCosines;
  }

  async cosines(vector: Float32Array): Promise<Float32Array> {
    // With P the projection that takes the mean away, (P e) . v = e . (P v): the table need not be centred.
    const cosines = await this.source.table.products(this.centered ? center(vector.slice()) : vector);
    const { norms } = this.statistics;
    const norm = Math.hypot(...vector) || 1;
    for (let token = 0; token < cosines.length; token++) {
      // An embedding of length 0 (an unused row of a padded vocabulary) is near nothing.
      cosines[token] = norms[token] ? cosines[token]! / (norms[token]! * norm) : 0;
    }
    return cosines;
  }

  async cosinesFromCentroid(vectors: Float32Array): Promise<Float32Array> {
    const { size, hiddenSize: width, centroid } = this;
    const { norms, centroidCosines } = this.statistics;
    const rows = vectors.slice();
    if (this.centered) for (let at = 0; at < rows.length; at += width) center(rows.subarray(at, at + width));
    const cosines = await this.source.table.products(rows);
    const centroidNorm = Math.hypot(...centroid);
    // |e - c|^2 = |e|^2 - 2 e c + |c|^2
    const lengths = Float64Array.from(norms, (norm, token) =>
      Math.sqrt(
        Math.max(0, norm * norm - 2 * norm * centroidNorm * centroidCosines[token]! + centroidNorm ** 2),
      ),
    );
    for (let row = 0; row * width < rows.length; row++) {
      const vector = vectors.subarray(row * width, (row + 1) * width);
      const norm = Math.hypot(...vector) || 1;
      let offset = 0;
      for (let i = 0; i < width; i++) offset += vector[i]! * centroid[i]!;
      for (let token = 0; token < size; token++) {
        const at = row * size + token;
        cosines[at] = lengths[token] ? (cosines[at]! - offset) / (lengths[token]! * norm) : 0;
      }
    }
    return cosines;
  }

  embedding(tokenId: number): Float32Array {
    const row = this.source.rows.read(tokenId);
    return this.centered ? center(row) : row;
  }

  exactCosine(vector: Float32Array, tokenId: number): number {
    const row = this.embedding(tokenId);
    let product = 0;
    let squares = 0;
    for (let i = 0; i < row.length; i++) {
      product += row[i]! * vector[i]!;
      squares += row[i]! ** 2;
    }
    return squares === 0 ? 0 : product / (Math.sqrt(squares) * Math.hypot(...vector) || 1);
  }

  private async findPrincipalComponent(): Promise<Float32Array> {
    const width = this.hiddenSize;
    const graph = new GraphBuilder();
    const rows = graph.input('rows', 'float32', ['N', width]);
    graph.output('moments', graph.op('Gemm', [rows, rows], { transA: 1 }), 'float32', [width, width]);
    const session = await Session.open(graph.encode(), '.', this.settings);
    const moments = new Float64Array(width * width);
    try {
      await forEachChunk(this.source.tensor, this.centered, async (data) => {
        const shape = [data.length / width, width];
        const { moments: part } = await session.run({ rows: { type: 'float32', data, shape } }, ['moments']);
        for (let i = 0; i < moments.length; i++) moments[i]! += (part.data as Float32Array)[i]!;
      });
    } finally {
      await session.close();
    }
    return principalComponent(moments, this.centroid, this.size);
  }
}
