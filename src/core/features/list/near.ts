import type { Tokenizer } from '../../model/model.js';
import type { EmbeddingTable } from '../../model/ports.js';
import type { ListedToken } from '../../report/feature.js';

/** Quantised weights blur scores a little: so many candidates per entry are looked at exactly. */
const CANDIDATES_PER_ENTRY = 4;

/**
 * Tokens near a ghost, discounted by their nearness to everything:
 *
 *     score(t) = (1 - cos(ghost, e_t))^m / (1 - cos(centroid, e_t))       smallest first
 *
 * @param m exponent; larger values weigh nearness to the ghost more
 * @param count length of the list
 */
export async function listTokens(
  ghost: Float32Array,
  embeddings: EmbeddingTable,
  tokenizer: Tokenizer,
  m: number,
  count: number,
): Promise<ListedToken[]> {
  const { size } = embeddings;
  const cosines = await embeddings.cosines(ghost);
  const scores = new Float64Array(size);
  for (let token = 0; token < size; token++) scores[token] = scoreOf(embeddings, token, cosines[token]!, m);
  return smallest(scores, CANDIDATES_PER_ENTRY * count)
    .map((tokenId) => scoredToken(ghost, embeddings, m, tokenId))
    .sort((a, b) => a.score - b.score || a.tokenId - b.tokenId)
    .slice(0, count)
    .map((entry, index) => ({ rank: index + 1, token: tokenizer.text(entry.tokenId), ...entry }));
}

/** One token's place among those near a ghost, from the checkpoint's own numbers. */
export function scoredToken(
  ghost: Float32Array,
  embeddings: EmbeddingTable,
  m: number,
  tokenId: number,
): Pick<ListedToken, 'tokenId' | 'cosine' | 'score'> {
  const cosine = embeddings.exactCosine(ghost, tokenId);
  return { tokenId, cosine, score: scoreOf(embeddings, tokenId, cosine, m) };
}

function scoreOf(
  { centroidCosines }: Pick<EmbeddingTable, 'centroidCosines'>,
  token: number,
  cosine: number,
  m: number,
): number {
  // Rounding may leave a cosine a hair above 1; a negative base has no real power.
  return Math.max(0, 1 - cosine) ** m / (1 - centroidCosines[token]!);
}

/** Indices of the `count` smallest values, smallest first, ties by index. */
export function smallest(values: Float64Array, count: number): number[] {
  // A sorted copy gives the threshold; the native sort of a typed array is far faster than one with a comparison.
  const threshold = values.slice().sort()[Math.min(count, values.length) - 1]!;
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i]! <= threshold) indices.push(i);
  return indices.sort((a, b) => values[a]! - values[b]! || a - b).slice(0, count);
}
