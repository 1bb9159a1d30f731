import type { FeatureReport, LensToken } from '../../src/core/index.js';
import { isSameWord } from '../../src/core/judging.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';

const LONGEST_WORD = 30;

/**
 * `Promotes travel, trip · suppresses of, the`: what is further out than the ends of directions that mean nothing. None
 * where nothing is.
 */
export function lensLine({ logits }: Pick<FeatureReport, 'logits'>, most: number): string[] {
  if (!logits) return [];
  const { promoted, suppressed, standardDeviation, random } = logits;
  const words = (tokens: readonly LensToken[], least: number) =>
    mergedWords(
      tokens.filter(({ weight }) => Math.abs(weight) > least * standardDeviation),
      most,
    ).join(', ');
  const up = words(promoted, random.promoted);
  const down = words(suppressed, random.suppressed);
  if (up === '') return down === '' ? [] : [`Suppresses ${down}`];
  return [`Promotes ${up}${down === '' ? '' : ` · suppresses ${down}`}`];
}

/** Tokens as words, each once: those that differ by a space, a capital or an ending count as the strongest of them. */
export function mergedWords(tokens: readonly Pick<LensToken, 'token'>[], most: number): string[] {
  const words: string[] = [];
  for (const { token } of tokens) {
    const bare = token.trim();
    const word = bare === '' ? token : bare;
    if (!words.some((other) => isSameWord(other.toLowerCase(), word.toLowerCase()))) words.push(word);
    if (words.length === most) break;
  }
  return words.map((word) =>
    word.trim() === '' ? visibleToken(word) : readable(shorten(word, LONGEST_WORD)),
  );
}
