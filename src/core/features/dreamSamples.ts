import type { Dream, DreamReader } from './dreamReader.js';
import type { Row } from './ports.js';

/** Most probable tokens among which each token is drawn. */
const DRAWN_AMONG = 512;

/** A text that the model wrote by itself. */
export interface Sample extends Dream {
  /** All of its tokens, not only up to the peak, with their surprisals in nats. */
  whole: { tokens: readonly number[]; surprisals: readonly number[] };
}

/** A sample while it is written. */
class Growing {
  readonly tokens: number[] = [];
  readonly surprisals: number[] = [];
  readonly activations: number[] = [];
  /** Of its tokens but the last. */
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
  let growing = samples;
  for (let length = 1; growing.length > 0; length++) {
    const rows = growing.map(({ tokens, slots }) => ({
      token: tokens.at(-1)!,
      position: length,
      ancestors: [...slots],
      peers: [],
    }));
    const selected = rows.map((_, row) => row);
    const result = await reader.forward({ rows, shared, selected, top: DRAWN_AMONG });
    growing = growing.filter((sample, row) => {
      sample.activations.push(result.activations[row]!);
      const next = draw(result.next(row), uniform);
      if (length < longest && next.tokenId !== reader.bos) {
        sample.slots.push(result.keep(row));
        add(sample, next);
        return true;
      }
      for (const slot of sample.slots) reader.store.release(slot);
      return false;
    });
  }
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
