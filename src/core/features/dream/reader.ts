import type { FeatureSource } from '../../model/model.js';
import type { BatchResult, KeyValues, LanguageModel, Row } from '../../model/ports.js';
import { sequenceRows } from '../ghost/sequence.js';
import { Drive } from './drive.js';

/** Most rows of one batch. */
const ROWS = 512;
/** Next tokens that are remembered for each place of a text. */
const FOLLOWING = 32;

/** A text and what it does. */
export interface Dream {
  /** Token ids without BOS. */
  tokens: readonly number[];
  /** The feature's largest activation at any of them, in the SAE's units; 0 or less: none, and how far from one. */
  activation: number;
  /** Mean surprisal of the tokens, each given BOS and all before it, in nats. */
  crossEntropy: number;
}

/** A text with its measures at every place. */
export interface ReadDream extends Dream {
  /** The feature at every token, as in `Dream` [tokens]. */
  activations: Float32Array;
  /** -log p of each token, in nats [tokens]. */
  surprisals: Float32Array;
  /** Most probable tokens at each place and at the one after the end, best first [tokens + 1]. */
  following: number[][];
  /** Slots of BOS and the tokens [tokens + 1]. */
  slots: number[];
}

interface ReaderBatch {
  rows: readonly Row[];
  shared: readonly number[];
  selected: readonly number[];
  targets?: readonly number[];
  top: number;
}

/** Reads texts with the model and one feature of an SAE, and counts the tokens read. */
export class DreamReader {
  /** Rows that went through the model so far: what a search costs. */
  rows = 0;
  readonly store: KeyValues;
  private drive: Drive | undefined;

  constructor(
    readonly language: LanguageModel,
    readonly bos: number,
    private readonly source: FeatureSource,
    private readonly feature: number,
  ) {
    this.store = language.createStore();
  }

  /** One batch of the model, with the feature's activation (or how far from one) at every row [rows]. */
  async forward(batch: ReaderBatch): Promise<BatchResult & { activations: Float32Array }> {
    const { rows } = batch;
    this.rows += rows.length;
    const result = await this.language.forward({ ...batch, ghosts: [], hook: this.source.hook }, this.store);
    const { residual } = result;
    const { features, inputSize } = this.source;
    const encoded = await this.source.encode(residual, rows.length);
    this.drive ??= await Drive.probe(this.source, this.feature, residual.slice(0, inputSize));
    const activations = Float32Array.from(rows, (_, row) =>
      this.drive!.of(encoded[row * features + this.feature]!, residual, row),
    );
    return { ...result, activations };
  }

  /** Reads a text and keeps its keys and values until `forget`. */
  async read(tokens: readonly number[]): Promise<ReadDream> {
    const rows = sequenceRows([this.bos, ...tokens]);
    const selected = rows.map((_, row) => row);
    // What follows the last token is not asked for; any token will do as its target.
    const targets = [...tokens, this.bos];
    const result = await this.forward({ rows, shared: [], selected, targets, top: FOLLOWING });
    const surprisals = surprisalsOf(result.targets).slice(0, tokens.length);
    const activations = result.activations.slice(1);
    return {
      tokens,
      activations,
      surprisals,
      activation: Math.max(...activations),
      crossEntropy: sumOf(surprisals) / tokens.length,
      following: selected.map((row) => result.next(row).map(({ tokenId }) => tokenId)),
      slots: selected.map((row) => result.keep(row)),
    };
  }

  /** Gives a text's place in the store back. */
  forget({ slots }: ReadDream): void {
    for (const slot of slots) this.store.release(slot);
  }

  /**
   * Reads variants of a text: its first `prefix` tokens, which are not computed again, and an ending.
   *
   * @returns each variant up to its peak; undefined where that lies in the prefix
   */
  async variants(
    text: ReadDream,
    prefix: number,
    endings: readonly (readonly number[])[],
  ): Promise<(Dream | undefined)[]> {
    const dreams: (Dream | undefined)[] = [];
    for (let first = 0; first < endings.length; ) {
      let last = first + 1;
      let count = 1 + endings[first]!.length;
      while (last < endings.length && count + endings[last]!.length <= ROWS) count += endings[last++]!.length;
      dreams.push(...(await this.variantsOfOneBatch(text, prefix, endings.slice(first, last))));
      first = last;
    }
    return dreams;
  }

  private async variantsOfOneBatch(
    text: ReadDream,
    prefix: number,
    endings: readonly (readonly number[])[],
  ): Promise<(Dream | undefined)[]> {
    // The last token before the endings goes through again, so that its prediction of each first token is known.
    const before = prefix === 0 ? this.bos : text.tokens[prefix - 1]!;
    const rows: Row[] = [{ token: before, position: prefix, ancestors: [], peers: [] }];
    const selected: number[] = [];
    for (const ending of endings) {
      const peers = [0];
      for (const token of ending) {
        selected.push(peers.at(-1)!);
        rows.push({ token, position: prefix + peers.length, ancestors: [], peers: [...peers] });
        peers.push(rows.length - 1);
      }
    }
    const shared = text.slots.slice(0, prefix);
    const result = await this.forward({ rows, shared, selected, targets: endings.flat(), top: 1 });
    const surprisals = surprisalsOf(result.targets);
    const prefixSurprisal = sumOf(text.surprisals.subarray(0, prefix));
    const highest = Math.max(...text.activations.subarray(0, prefix));
    let next = 0;
    return endings.map((ending): Dream | undefined => {
      const first = next;
      next += ending.length;
      const activations = result.activations.subarray(first + 1, next + 1);
      const activation = Math.max(...activations);
      if (activation <= highest) return undefined;
      const length = activations.indexOf(activation) + 1;
      return {
        tokens: [...text.tokens.slice(0, prefix), ...ending.slice(0, length)],
        activation,
        crossEntropy:
          (prefixSurprisal + sumOf(surprisals.subarray(first, first + length))) / (prefix + length),
      };
    });
  }
}

/** -log p; what rounds to impossible counts as the smallest float32, so that sums stay finite. */
export function surprisalsOf(probabilities: Float32Array): Float32Array {
  return probabilities.map((probability) => -Math.log(Math.max(probability, 1e-38)));
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
