import type { EvidenceExample } from '../../report/evidence.js';

/** A place where a feature fires most in an example. */
export interface Peak {
  /** The whole word, joined from pieces, in lower case; a token without letters or digits as it is. */
  word: string;
  /** The same as it stands in the text. */
  written: string;
  /** Text of the tokens around it, as it stands; edges of the example cut it. */
  before: string;
  after: string;
  activation: number;
}

/** Tokens that a word is joined from at most, to either side of the peak. */
const MOST_PIECES = 5;

const WORD = /^[\p{L}\p{M}\p{N}'’-]+$/u;
const HAS_WORD = /[\p{L}\p{N}]/u;

/** Where a feature fires most in an example; undefined where it does not. */
export function peakOf({ tokens, activations }: EvidenceExample): Peak | undefined {
  const peak = activations.reduce((best, value, i) => (value > (activations[best] ?? 0) ? i : best), 0);
  const activation = activations[peak] ?? 0;
  if (tokens[peak] === undefined || activation <= 0) return undefined;
  const { word, written, first, end } = wordAt(tokens, peak);
  return {
    word,
    written,
    before: tokens.slice(0, first).join(''),
    after: tokens.slice(end).join(''),
    activation,
  };
}

/** A word as it stands in a row of tokens. */
export interface PlacedWord extends Pick<Peak, 'word' | 'written'> {
  /** Its first token, and the one after its last. */
  first: number;
  end: number;
}

/** The word that a token belongs to. @param at index of one of the tokens */
export function wordAt(tokens: readonly string[], at: number): PlacedWord {
  const token = tokens[at]!;
  let first = at;
  let end = at + 1;
  if (HAS_WORD.test(token)) {
    // A token that begins with a space begins a word; one without letters ends it.
    while (
      first > 0 &&
      at - first < MOST_PIECES &&
      continues(tokens[first]!) &&
      endsInWord(tokens[first - 1]!)
    )
      first--;
    while (end < tokens.length && end - at <= MOST_PIECES && endsInWord(token) && continues(tokens[end]!))
      end++;
  }
  const written = trimmed(tokens.slice(first, end).join(''));
  return { word: written.toLowerCase(), written, first, end };
}

/** Words of a text, in lower case and in order. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
}

/** Least letters that two forms of one word share. */
const STEM = 4;
/** Most letters by which one of them is longer. */
const ENDING = 3;

/** Whether two words are forms of one: `travel` and `travels`, `guarantee` and `guaranteed`. */
export function isSameWord(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (short.length < STEM || long.length - short.length > ENDING) return false;
  let shared = 0;
  while (shared < short.length && short[shared] === long[shared]) shared++;
  return shared >= STEM && short.length - shared <= 1;
}

function continues(token: string): boolean {
  return WORD.test(token);
}

function endsInWord(token: string): boolean {
  return WORD.test(token.slice(-1));
}

/** Without white space and punctuation at its edges, where something else is left. */
function trimmed(text: string): string {
  const bare = text.replace(/^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, '');
  return bare === '' ? text.trim() || text : bare;
}
