/** What a file says of a SentencePiece vocabulary; the lists are as long as each other. */
export interface Pieces {
  tokens: readonly string[];
  /** The higher, the earlier two pieces become this one. */
  scores: readonly number[];
  /** Whether the token is made by merging; others are matched as they stand or stand for a byte. */
  isMerged: (id: number) => boolean;
  unknown: string | undefined;
  /** Whether every text begins with a space that is not written. */
  addsSpace: boolean;
}

/** Characters of the longest piece that is split; SentencePiece makes none of more than 16 unless it is told to. */
const LONGEST_PIECE = 256;

/** SentencePiece writes spaces so. */
export const SPACE = '▁';

/**
 * What tokenizer.json of the same vocabulary says: byte-pair encoding whose merges follow from the scores, as
 * transformers derives them from a SentencePiece model: all splits of each piece into two others, by the piece's score,
 * then by the lengths of the left and right one, longest first.
 *
 * @param vocab ids by token
 * @throws {RangeError} when a piece is too long to be one
 */
export function sentencePiece(pieces: Pieces, vocab: ReadonlyMap<string, number>) {
  const { unknown, addsSpace } = pieces;
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: SPACE };
  const decoders = [
    { type: 'Replace', pattern: { String: SPACE }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    ...(addsSpace ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
  ];
  return {
    normalizer: addsSpace ? null : spaces,
    // At the beginning of a text only, not behind each token that is matched as it stands; as transformers has it, nothing
    // is added to a text that begins with a space.
    pre_tokenizer: addsSpace
      ? { type: 'Metaspace', replacement: SPACE, prepend_scheme: 'first', split: false }
      : null,
    decoder: { type: 'Sequence', decoders },
    model: {
      type: 'BPE',
      unk_token: unknown ?? null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      merges: mergesOf(pieces, vocab),
    },
  };
}

interface Merge {
  score: number;
  left: string;
  right: string;
  leftLength: number;
  length: number;
}

function mergesOf(
  { tokens, scores, isMerged }: Pieces,
  vocab: ReadonlyMap<string, number>,
): [left: string, right: string][] {
  const merges: Merge[] = [];
  for (const [id, token] of tokens.entries()) {
    if (!isMerged(id)) continue;
    if (token.length > 2 * LONGEST_PIECE) throw new RangeError(`token ${id} has ${token.length} characters`);
    const found: (Merge & { ids: [number, number] })[] = [];
    const characters = [...token];
    let at = 0;
    for (const [index, character] of characters.slice(0, -1).entries()) {
      at += character.length;
      const left = token.slice(0, at);
      const leftId = vocab.get(left);
      if (leftId === undefined) continue;
      const right = token.slice(at);
      const rightId = vocab.get(right);
      if (rightId === undefined) continue;
      const lengths = { leftLength: index + 1, length: characters.length };
      found.push({ score: scores[id]!, left, right, ...lengths, ids: [leftId, rightId] });
    }
    found.sort((a, b) => a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
    for (const { ids: _, ...merge } of found) merges.push(merge);
  }
  const rightLength = ({ length, leftLength }: Merge) => length - leftLength;
  merges.sort((a, b) => b.score - a.score || b.leftLength - a.leftLength || rightLength(b) - rightLength(a));
  return merges.map(({ left, right }) => [left, right]);
}
