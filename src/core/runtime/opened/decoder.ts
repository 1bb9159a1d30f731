import { PromiseMemo } from '../../../async/promiseMemo.js';
import { type Batch, type BatchResult, GHOST, type LanguageModel, type Row } from '../../model/ports.js';
import type { EmbeddingRows } from '../../weights/files/embeddingRows.js';
import { allFinite } from '../../weights/files/finite.js';
import type { DecoderGraph } from '../../weights/graph/architecture.js';
import { type Feed, Session, type SessionSettings } from '../session/index.js';
import { ghostFeeds } from './feeds/ghosts.js';
import { holdFeeds } from './feeds/hold.js';
import { float32, int64 } from './feeds/index.js';
import type { Head } from './head.js';
import { KeyValueStore, PADDING_SLOT } from './keyValueStore.js';

/** Added to the score of a padded position; far below any score, yet finite in every precision. */
const HIDDEN = -1e30;

/** A decoder graph in onnxruntime behind the port `LanguageModel`. */
export class Decoder implements LanguageModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly hiddenSize: number;
  private readonly newRows: string[];
  /** Sessions that stop at a hook point: onnxruntime computes a whole graph, whatever is wanted of it. */
  private readonly readers = new PromiseMemo<string, Session>();

  private constructor(
    private readonly session: Session,
    private readonly graph: DecoderGraph,
    private readonly rows: EmbeddingRows,
    private readonly head: Head,
    private readonly openReader: (hook: string) => Promise<Session>,
    private readonly whyNotFinite: () => Promise<Error>,
  ) {
    this.vocabularySize = graph.vocabularySize;
    this.contextLength = graph.contextLength;
    this.hiddenSize = graph.hiddenSize;
    this.newRows = ['keys', 'values'].flatMap((kind) =>
      Array.from({ length: graph.layers }, (_, layer) => `new.${kind}.${layer}`),
    );
  }

  /**
   * @param folder to which the graph's weights refer
   * @param rows the model's input embeddings
   * @param whyNotFinite asked when what is computed is not finite
   */
  static async open(
    graph: DecoderGraph,
    folder: string,
    rows: EmbeddingRows,
    head: Head,
    settings: SessionSettings,
    whyNotFinite: () => Promise<Error>,
  ): Promise<Decoder> {
    const session = await Session.open(graph.decoder, folder, settings);
    const openReader = (hook: string) => Session.open(graph.decoderUpTo(hook), folder, settings);
    return new Decoder(session, graph, rows, head, openReader, whyNotFinite);
  }

  createStore(): KeyValueStore {
    return new KeyValueStore(this.graph.layers, this.graph.keyValueSize);
  }

  async forward(batch: Batch, store: KeyValueStore): Promise<BatchResult> {
    const top = Math.min(batch.top, this.vocabularySize);
    const hooks = batch.hook === undefined ? [] : [batch.hook];
    const results = await this.session.run(this.feeds(batch, store), ['hidden', ...hooks, ...this.newRows]);
    const hidden = await this.finite(results.hidden!.data as Float32Array);
    const { probabilities, tokens, targets } = await this.head.next(hidden, top, batch.targets);
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
      distributions: () => this.head.distributions(hidden),
      targets,
      residual: hooks[0] === undefined ? new Float32Array() : (results[hooks[0]]!.data as Float32Array),
      keep: (row) => store.put(newKeys, newValues, row, batch.rows[row]!.position),
    };
  }

  async residual(
    batch: Pick<Batch, 'rows' | 'ghosts' | 'ghostsAfter' | 'hold'>,
    hook: string,
  ): Promise<Float32Array> {
    // The weights' file may have made room for a newer one since it was opened.
    const session = await this.readers.get(hook, () => this.openReader(hook)).catch(() => this.session);
    // No row is selected but the last: next tokens are not wanted.
    const selected = [batch.rows.length - 1];
    const feeds = this.feeds({ ...batch, shared: [], selected, top: 1 }, this.createStore());
    const read = Object.entries(feeds).filter(([name]) => session.inputs.includes(name));
    const results = await session.run(Object.fromEntries(read), [hook]);
    return this.finite(results[hook]!.data as Float32Array);
  }

  /**
   * Runs whole sequences without a store and returns raw values: `logits` of the selected rows, or a hook point
   * of all rows.
   */
  async inspect(batch: Batch, outputs: readonly string[]): Promise<Record<string, Float32Array>> {
    const results = await this.session.run(this.feeds(batch, this.createStore()), [
      'hidden',
      ...outputs.filter((name) => name !== 'logits'),
    ]);
    const values = outputs.map(async (name) => {
      const data = results[name === 'logits' ? 'hidden' : name]!.data as Float32Array;
      return [name, name === 'logits' ? await this.head.logits(data) : data] as const;
    });
    return Object.fromEntries(await Promise.all(values));
  }

  async close(): Promise<void> {
    for (const reader of this.readers.all()) await (await reader.catch(() => undefined))?.close();
    await this.session.close();
  }

  /** @throws {InputError} naming what is wrong with the weights when not all numbers are finite */
  private async finite(values: Float32Array): Promise<Float32Array> {
    if (!allFinite(values)) throw await this.whyNotFinite();
    return values;
  }

  private feeds(
    { rows, ghosts, ghostsAfter, shared, selected, hold }: Batch,
    store: KeyValueStore,
  ): Record<string, Feed> {
    const common = shared.length > 0 ? shared : [PADDING_SLOT];
    const ancestors = padded(rows, (row) => row.ancestors, PADDING_SLOT);
    const peers = padded(rows, (row, index) => [...row.peers, index], 0);
    const width = common.length + ancestors.width + peers.width;
    const maskFor = (window: number): Feed => {
      const mask = new Float32Array(rows.length * width).fill(HIDDEN);
      rows.forEach((row, r) => {
        const show = (from: number, positions: readonly (number | undefined)[]) =>
          positions.forEach((position, i) => {
            if (row.position - position! < window) mask[r * width + from + i] = 0;
          });
        const stored = (slots: readonly number[]) => slots.map((slot) => store.positions[slot]);
        show(0, stored(shared));
        show(common.length, stored(row.ancestors));
        show(common.length + ancestors.width, [
          ...row.peers.map((peer) => rows[peer]!.position),
          row.position,
        ]);
      });
      return float32(mask, rows.length, width);
    };
    const feeds: Record<string, Feed> = {
      embeddings: float32(this.embed(rows, ghosts, ghostsAfter), rows.length, this.hiddenSize),
      positions: int64(
        rows.map((row) => row.position),
        rows.length,
      ),
      shared: int64(common, common.length),
      ancestors: int64(ancestors.indices, rows.length, ancestors.width),
      peers: int64(peers.indices, rows.length, peers.width),
      mask: maskFor(Number.POSITIVE_INFINITY),
      parts: int64([common.length, width - common.length], 2),
      selected: int64(selected, selected.length),
      ...ghostFeeds({ rows, ghosts, ghostsAfter }, this.graph.layers, this.hiddenSize),
      ...holdFeeds(hold, rows, this.graph.layers),
    };
    const { keyValueSize, slidingWindow } = this.graph;
    if (slidingWindow !== undefined) feeds['mask.window'] = maskFor(slidingWindow);
    for (let layer = 0; layer < this.graph.layers; layer++) {
      const rowsInUse = (array: Float32Array) =>
        float32(array.subarray(0, store.used * keyValueSize), store.used, keyValueSize);
      feeds[`past.keys.${layer}`] = rowsInUse(store.keys[layer]!);
      feeds[`past.values.${layer}`] = rowsInUse(store.values[layer]!);
    }
    return feeds;
  }

  /** Input embeddings of the rows, with ghosts, or what stands for them up to their block. */
  private embed(rows: readonly Row[], ghosts: Batch['ghosts'], after: Batch['ghostsAfter']): Float32Array {
    const embeddings = new Float32Array(rows.length * this.hiddenSize);
    rows.forEach(({ token }, r) => {
      const isGhost = token <= GHOST;
      const ghost = after ? this.rows.read(after.placeholder) : ghosts[GHOST - token]!;
      embeddings.set(isGhost ? ghost : this.rows.read(token), r * this.hiddenSize);
    });
    return embeddings;
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
  lists.forEach((slots, r) => {
    indices.set(slots, r * width);
  });
  return { indices, width };
}
