import type { Row } from '../../model/ports.js';
import { type Writing, writeTexts } from '../activation/writeTexts.js';
import type { Dream, DreamReader } from './reader.js';

/** Most probable tokens among which each token is drawn. */
const DRAWN_AMONG = 512;

/** A text that the model wrote by itself. */
export interface Sample extends Dream {
  /** All of its tokens, not only up to the peak, with their surprisals in nats. */
  whole: { tokens: readonly number[]; surprisals: readonly number[] };
}

/** A sample while it is written. */
class Growing implements Writing {
  readonly tokens: number[] = [];
  readonly surprisals: number[] = [];
  readonly activations: number[] = [];
  readonly slots: number[] = [];

  upToPeak(): Sample {
    const activation = Math.max(...this.activations);
    const length = this.activations.indexOf(activation) + 1;
    return {
      tokens: this.tokens.slice(0, length),
      activation,
      crossEntropy: mean(this.surprisals.slice(0, length)),
      whole: { tokens: this.tokens, surprisals: this.surprisals },
    };
  }
}

/**
 * Texts that the model writes after BOS, each token drawn from its own prediction and read with the feature. A text
 * ends where the model says BOS again, or with `longest` tokens.
 *
 * @param uniform seeded numbers in 0..1
 * @returns each text up to its peak
 */
export async function sampleTexts(
  reader: DreamReader,
  count: number,
  longest: number,
  uniform: () => number,
): Promise<Sample[]> {
  const bos: Row = { token: reader.bos, position: 0, ancestors: [], peers: [] };
  const opening = await reader.forward({ rows: [bos], shared: [], selected: [0], top: DRAWN_AMONG });
  const shared = [opening.keep(0)];
  const samples = Array.from({ length: count }, () => new Growing());
  const beginnings = opening.next(0).filter(({ tokenId }) => tokenId !== reader.bos);
  for (const sample of samples) add(sample, draw(beginnings, uniform));
  await writeTexts(
    samples,
    shared,
    reader.store,
    (batch) => reader.forward({ ...batch, top: DRAWN_AMONG }),
    (sample, result, row) => {
      sample.activations.push(result.activations[row]!);
      const next = draw(result.next(row), uniform);
      if (sample.tokens.length === longest || next.tokenId === reader.bos) return false;
      add(sample, next);
      return true;
    },
  );
  reader.store.release(shared[0]!);
  return samples.map((sample) => sample.upToPeak());
}

interface NextToken {
  tokenId: number;
  probability: number;
}

function draw(next: readonly NextToken[], uniform: () => number): NextToken {
  let left = uniform() * next.reduce((sum, { probability }) => sum + probability, 0);
  for (const token of next) {
    left -= token.probability;
    if (left < 0) return token;
  }
  return next.at(-1)!;
}

function add({ tokens, surprisals }: Growing, { tokenId, probability }: NextToken): void {
  tokens.push(tokenId);
  surprisals.push(-Math.log(probability));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
