import type { Batch, BatchResult, KeyValues, LanguageModel } from '../../src/core/model/ports.js';

/**
 * A language model whose next-token distribution is a fixed pseudo-random function of the tokens before. It
 * checks what it is asked: rows may only refer to slots that are in use, and positions must fit the tokens.
 */
export class FakeModel implements LanguageModel {
  readonly hiddenSize = 1;
  readonly contextLength = 64;
  forwards = 0;

  constructor(
    readonly vocabularySize: number,
    private readonly seed: number,
  ) {}

  createStore(): FakeStore {
    return new FakeStore();
  }

  async forward({ rows, shared, selected, top, targets }: Batch, store: FakeStore): Promise<BatchResult> {
    this.forwards++;
    const sequences = rows.map(({ token, position, ancestors, peers }) => {
      const before = [
        ...[...shared, ...ancestors].map((slot) => store.read(slot)),
        ...peers.map((peer) => ({ token: rows[peer]!.token, position: rows[peer]!.position })),
      ].sort((a, b) => a.position - b.position);
      const sequence = [...before, { token, position }];
      sequence.forEach((entry, index) => {
        if (entry.position !== index) throw new Error(`position ${entry.position} at place ${index}`);
      });
      return sequence.map((entry) => entry.token);
    });
    return {
      next: (i) => this.distribution(sequences[selected[i]!]!).slice(0, top),
      distributions: async () => {
        const all = new Float32Array(selected.length * this.vocabularySize);
        selected.forEach((row, i) => {
          for (const { tokenId, probability } of this.distribution(sequences[row]!))
            all[i * this.vocabularySize + tokenId] = probability;
        });
        return all;
      },
      targets: Float32Array.from(
        targets ?? [],
        (target, i) =>
          this.distribution(sequences[selected[i]!]!).find(({ tokenId }) => tokenId === target)!.probability,
      ),
      residual: new Float32Array(),
      keep: (row) => store.write({ token: rows[row]!.token, position: rows[row]!.position }),
    };
  }

  residual(): Promise<Float32Array> {
    throw new Error('this model has no residual stream');
  }

  /** All tokens with their probability after `sequence`, most probable first. */
  distribution(sequence: readonly number[]): { tokenId: number; probability: number }[] {
    let state = this.seed;
    for (const token of sequence)
      state = Math.imul(state ^ (token + 0x9e3779b9), 0x85ebca6b) ^ (state >>> 13);
    const weights = Array.from({ length: this.vocabularySize }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return Math.exp(((state >>> 8) / 2 ** 24) * 6);
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights
      .map((weight, tokenId) => ({ tokenId, probability: weight / total }))
      .sort((a, b) => b.probability - a.probability);
  }
}

export class FakeStore implements KeyValues {
  private readonly slots = new Map<number, { token: number; position: number }>();
  private next = 0;
  most = 0;

  write(entry: { token: number; position: number }): number {
    this.slots.set(this.next, entry);
    this.most = Math.max(this.most, this.slots.size);
    return this.next++;
  }

  read(slot: number): { token: number; position: number } {
    const entry = this.slots.get(slot);
    if (!entry) throw new Error(`slot ${slot} is not in use`);
    return entry;
  }

  release(slot: number): void {
    if (!this.slots.delete(slot)) throw new Error(`slot ${slot} was released twice`);
  }

  get size(): number {
    return this.slots.size;
  }
}
