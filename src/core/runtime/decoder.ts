import type { Batch, BatchResult, LanguageModel, Row } from '../features/ports.js';
import type { DecoderGraph } from '../models/architecture.js';
import { KeyValueStore, PADDING_SLOT } from './keyValueStore.js';
import { type Feed, Session, type SessionSettings } from './session.js';

/** Added to the score of a padded position; far below any score, yet finite in every precision. */
const HIDDEN = -1e30;

/** A decoder graph in onnxruntime behind the port `LanguageModel`. */
export class Decoder implements LanguageModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly hiddenSize: number;
  private readonly newRows: string[];

  private constructor(
    private readonly session: Session,
    private readonly graph: DecoderGraph,
  ) {
    this.vocabularySize = graph.vocabularySize;
    this.contextLength = graph.contextLength;
    this.hiddenSize = graph.hiddenSize;
    this.newRows = ['keys', 'values'].flatMap((kind) =>
      Array.from({ length: graph.layers }, (_, layer) => `new.${kind}.${layer}`),
    );
  }

  /** @param folder the model's folder, to which the graph's weights refer */
  static async open(graph: DecoderGraph, folder: string, settings: SessionSettings): Promise<Decoder> {
    return new Decoder(await Session.open(graph.onnx, folder, settings), graph);
  }

  createStore(): KeyValueStore {
    return new KeyValueStore(this.graph.layers, this.graph.keyValueSize);
  }

  async forward(batch: Batch, store: KeyValueStore): Promise<BatchResult> {
    const top = Math.min(batch.top, this.vocabularySize);
    const results = await this.session.run(this.feeds(batch, store, top), [
      'probabilities',
      'tokens',
      ...this.newRows,
    ]);
    const probabilities = results.probabilities!.data as Float32Array;
    const tokens = results.tokens!.data as BigInt64Array;
    const rowsOf = (kind: string) =>
      Array.from(
        { length: this.graph.layers },
        (_, layer) => results[`new.${kind}.${layer}`]!.data as Float32Array,
      );
    const newKeys = rowsOf('keys');
    const newValues = rowsOf('values');
    return {
      next: (i) =>
        Array.from({ length: top }, (_, rank) => ({
          tokenId: Number(tokens[i * top + rank]),
          probability: probabilities[i * top + rank]!,
        })),
      keep: (row) => store.put(newKeys, newValues, row),
    };
  }

  /**
   * Runs whole sequences without a store and returns raw outputs, such as `logits` or a hook point's rows.
   * For checks against other implementations.
   */
  async inspect(batch: Batch, outputs: readonly string[]): Promise<Record<string, Float32Array>> {
    const results = await this.session.run(this.feeds(batch, this.createStore(), 1), outputs);
    return Object.fromEntries(outputs.map((name) => [name, results[name]!.data as Float32Array]));
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private feeds(
    { rows, ghost, shared, selected }: Batch,
    store: KeyValueStore,
    top: number,
  ): Record<string, Feed> {
    const int64 = (data: readonly number[] | Int32Array, ...shape: number[]): Feed => ({
      type: 'int64',
      data,
      shape,
    });
    const float32 = (data: Float32Array, ...shape: number[]): Feed => ({ type: 'float32', data, shape });
    const common = shared.length > 0 ? shared : [PADDING_SLOT];
    const ancestors = padded(rows, (row) => row.ancestors, PADDING_SLOT);
    const peers = padded(rows, (row, index) => [...row.peers, index], 0);
    const width = common.length + ancestors.width + peers.width;
    const mask = new Float32Array(rows.length * width).fill(HIDDEN);
    rows.forEach((row, r) => {
      const show = (from: number, count: number) => mask.fill(0, r * width + from, r * width + from + count);
      show(0, shared.length);
      show(common.length, row.ancestors.length);
      show(common.length + ancestors.width, row.peers.length + 1);
    });
    const feeds: Record<string, Feed> = {
      ids: int64(
        rows.map((row) => row.token),
        rows.length,
      ),
      positions: int64(
        rows.map((row) => row.position),
        rows.length,
      ),
      ghost: float32(ghost, 1, ghost.length),
      shared: int64(common, common.length),
      ancestors: int64(ancestors.indices, rows.length, ancestors.width),
      peers: int64(peers.indices, rows.length, peers.width),
      mask: float32(mask, rows.length, width),
      parts: int64([common.length, width - common.length], 2),
      selected: int64(selected, selected.length),
      top: int64([top], 1),
    };
    const { keyValueSize } = this.graph;
    for (let layer = 0; layer < this.graph.layers; layer++) {
      const rowsInUse = (array: Float32Array) =>
        float32(array.subarray(0, store.used * keyValueSize), store.used, keyValueSize);
      feeds[`past.keys.${layer}`] = rowsInUse(store.keys[layer]!);
      feeds[`past.values.${layer}`] = rowsInUse(store.values[layer]!);
    }
    return feeds;
  }
}

/** Index lists of different lengths as one matrix [rows, width], short ones filled up (and masked). */
function padded(
  rows: readonly Row[],
  list: (row: Row, index: number) => readonly number[],
  filler: number,
): { indices: Int32Array; width: number } {
  const lists = rows.map(list);
  const width = Math.max(0, ...lists.map((indices) => indices.length));
  const indices = new Int32Array(rows.length * width).fill(filler);
  lists.forEach((own, r) => {
    indices.set(own, r * width);
  });
  return { indices, width };
}
