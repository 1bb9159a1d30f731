import { once } from '../../../async/promiseMemo.js';
import type { Tokenizer } from '../../model/model.js';
import type { EmbeddingTable } from '../../model/ports.js';
import { type TokenSet, tokenSets } from './tokenSets.js';

/** The tokens that training saw, and the sets among them; members are indices into `ids`. */
export interface LensVocabulary {
  /** Token ids, ascending. */
  ids: Uint32Array;
  sets: TokenSet[];
}

/** Bytes that no UTF-8 text has: their tokens were never trained. */
const IMPOSSIBLE_BYTE = /^<0x(C0|C1|F[5-9A-F])>$/;
/** Least cosine of each token of an impossible byte with their mean; below it they do not lie together. */
const TOGETHER = 0.9;
/** Cosine with that mean from which on a token is untrained. On gloss-12l hardly a token lies between 0.2 and 0.8. */
const UNTRAINED = 0.5;

/** Cached, since going through the texts of a large vocabulary takes a second. */
const vocabularies = new WeakMap<EmbeddingTable, () => Promise<LensVocabulary>>();

/**
 * The vocabulary without tokens that training never saw (after Land and Bartolo, "Fishing for Magikarp", 2024): their
 * output embeddings were all moved alike, away from every hidden state, and one direction that they share would
 * dominate the moments of every feature. Tokens of bytes that no text has show where they lie; where those do not
 * lie together, or there are none, all tokens are taken.
 */
export function lensVocabulary(tokenizer: Tokenizer, table: EmbeddingTable): Promise<LensVocabulary> {
  let vocabulary = vocabularies.get(table);
  if (!vocabulary) {
    vocabulary = once(async () => {
      const ids = await trainedTokens(tokenizer, table);
      return { ids, sets: tokenSets(tokenizer, ids) };
    });
    vocabularies.set(table, vocabulary);
  }
  return vocabulary();
}

async function trainedTokens(tokenizer: Tokenizer, table: EmbeddingTable): Promise<Uint32Array> {
  const all = Uint32Array.from({ length: table.size }, (_, token) => token);
  const impossible = all.filter((token) => IMPOSSIBLE_BYTE.test(tokenizer.text(token)));
  if (impossible.length === 0) return all;
  const direction = new Float32Array(table.hiddenSize);
  for (const token of impossible) {
    const embedding = table.embedding(token);
    for (let i = 0; i < direction.length; i++)
      direction[i]! += (embedding[i]! - table.centroid[i]!) / impossible.length;
  }
  const cosines = await table.cosinesFromCentroid(direction);
  if (impossible.some((token) => cosines[token]! < TOGETHER)) return all;
  return all.filter((token) => cosines[token]! < UNTRAINED);
}

/** The values of the tokens `ids` from the row that begins at `start`. */
export function taken(values: Float32Array, ids: Uint32Array, start = 0): Float32Array {
  const row = new Float32Array(ids.length);
  for (let i = 0; i < ids.length; i++) row[i] = values[start + ids[i]!]!;
  return row;
}
