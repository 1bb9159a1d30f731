import type { RunningModel } from '../../model/model.js';
import { type ActivateParameters, MOST_TEXTS, type ReadText } from '../../report/activate.js';
import { InputError } from '../../report/errors.js';

/** Most tokens of a text, where the model's context is longer: attention takes memory with the square of it. */
const MOST_TOKENS = 1024;

/** Awaited with the share of the texts that was read. */
export type OnShare = (share: number) => Promise<void>;

export type ReadingModel = Pick<RunningModel, 'id' | 'dtype' | 'language' | 'tokenizer'>;

/** Texts as token ids with BOS, and as they are reported. */
export interface Read {
  ids: number[][];
  tokenised: ReadText[];
  /** Index of the first token that counts: 0 with BOS, 1 without. */
  first: number;
}

/** Texts in tokens, each cut off where reading ends. */
export function readTexts(
  { language, tokenizer }: ReadingModel,
  texts: readonly string[],
  { bos }: ActivateParameters,
): Read {
  if (texts.length === 0 || texts.some((text) => text === ''))
    throw new InputError('There is no text: expected one in quotes, as in "In 1994 the ship sailed".');
  if (texts.length > MOST_TEXTS)
    throw new InputError(
      `${texts.length} texts are too many for one answer: expected at most ${MOST_TEXTS}.`,
    );
  const longest = Math.min(language.contextLength, MOST_TOKENS);
  const first = bos ? 0 : 1;
  const encoded = texts.map((text) => [tokenizer.bos, ...tokenizer.encode(text)]);
  const ids = encoded.map((tokens) => tokens.slice(0, longest));
  const tokenised = texts.map((text, i) => ({
    text,
    tokens: ids[i]!.slice(first).map((tokenId) => ({ tokenId, token: tokenizer.text(tokenId) })),
    unread: encoded[i]!.length - ids[i]!.length,
  }));
  return { ids, tokenised, first };
}

/** One feature's activations from the first position that counts on. */
export function along(
  feature: number,
  activations: Float32Array,
  length: number,
  features: number,
  first: number,
) {
  return Array.from({ length: length - first }, (_, i) => activations[(first + i) * features + feature]!);
}
