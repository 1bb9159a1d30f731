import type { AnsweringModel } from '../../src/core/features/questions.js';
import type { Bag } from './agreement.js';
import type { FeatureSnippets } from './snippets.js';

/** Vectors of length 1 by token text. */
export type WordVectors = ReadonlyMap<string, Float32Array>;

/** Weight of a token of share p in all text: RARE / (RARE + p), Arora et al. 2017. */
const RARE = 1e-3;

/** The model's input embeddings less their centroid, at length 1. */
export async function wordVectors({
  embeddings,
  tokenizer,
}: Pick<AnsweringModel, 'embeddings' | 'tokenizer'>): Promise<WordVectors> {
  const table = await embeddings(false);
  const vectors = new Map<string, Float32Array>();
  for (let token = 0; token < table.size; token++) {
    const vector = table.embedding(token).map((value, i) => value - table.centroid[i]!);
    if (!vectors.has(tokenizer.text(token))) vectors.set(tokenizer.text(token), unit(vector));
  }
  return vectors;
}

/**
 * How near two bags of tokens are in meaning, where `Likelihood` looks for the very same words: the cosine of their mean
 * word vectors, each token weighed by its weight in the bag and by RARE / (RARE + its share of all snippets) ("A Simple
 * but Tough-to-Beat Baseline for Sentence Embeddings", Arora et al. 2017, without the removal of a common component).
 */
export class Meaning {
  private readonly shares = new Map<string, number>();

  /** @param all the snippets of an SAE's features */
  constructor(
    private readonly vectors: WordVectors,
    all: readonly FeatureSnippets[],
  ) {
    const tokens = all.flatMap(({ examples }) => examples.flatMap((example) => example.tokens));
    for (const token of tokens) this.shares.set(token, (this.shares.get(token) ?? 0) + 1 / tokens.length);
  }

  /** The bag's mean word vector; zeros when it has none of the vocabulary's words. */
  of(bag: Bag): Float32Array {
    const width = this.vectors.values().next().value!.length;
    const sum = new Float32Array(width);
    let weights = 0;
    for (const [token, count] of bag) {
      const vector = this.vectors.get(token);
      if (!vector) continue;
      const weight = (count * RARE) / (RARE + (this.shares.get(token) ?? 0));
      weights += weight;
      for (let i = 0; i < width; i++) sum[i]! += weight * vector[i]!;
    }
    return weights > 0 ? sum.map((value) => value / weights) : sum;
  }
}

/**
 * Cosines of each vector with each of the others.
 *
 * @param center taken off all of them before; nothing when it is left out
 * @returns one row for each of `from`
 */
export function cosines(
  from: readonly Float32Array[],
  to: readonly Float32Array[],
  center?: Float32Array,
): number[][] {
  const directions = (vectors: readonly Float32Array[]) =>
    vectors.map((vector) => unit(center ? vector.map((value, i) => value - center[i]!) : vector));
  const others = directions(to);
  return directions(from).map((one) =>
    others.map((other) => one.reduce((sum, value, i) => sum + value * other[i]!, 0)),
  );
}

/** Mean of vectors of one length. */
export function meanVector(vectors: readonly Float32Array[]): Float32Array {
  return vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
