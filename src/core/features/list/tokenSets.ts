import type { Tokenizer } from '../../model/model.js';
import { PARTS_OF_SPEECH, partOfSpeech } from './partsOfSpeech.js';

/** Tokens that have something in common: how they are written, or what part of speech they are. */
export interface TokenSet {
  name: string;
  /** Indices of its tokens in the list of ids they were looked for in, ascending. */
  members: Uint32Array;
}

/** Smaller sets say nothing of their kind. */
const SMALLEST_SET = 5;

const SUFFIXES = ['ing', 'ed', 'ly', 's', 'tion', 'er', 'able', 'ness'];

/** What a token's text says; `word` is the text without a leading space. */
const RULES: [name: string, holds: (word: string, text: string) => boolean][] = [
  ['leading space', (_, text) => text.startsWith(' ')],
  ['capitalised', (word) => /^\p{Lu}\p{Ll}/u.test(word)],
  ['all capitals', (word) => /^\p{Lu}{2,}$/u.test(word)],
  ['digits', (word) => /^\p{Nd}+$/u.test(word)],
  ['years', (word) => /^(1\d{3}|20\d{2})$/.test(word)],
  ['punctuation', (word) => /^[\p{P}\p{S}]+$/u.test(word)],
  // Bytes that are no character by themselves are written <0xE2>.
  ['non-ASCII', (word) => /\P{ASCII}|^<0x[89A-F][0-9A-F]>/u.test(word)],
  ...SUFFIXES.map((suffix): [string, (word: string) => boolean] => {
    // Two s in a row are no ending.
    const ending = new RegExp(suffix === 's' ? '^\\p{L}*(?<!s)s$' : `^\\p{L}*${suffix}$`, 'u');
    return [`-${suffix}`, (word) => ending.test(word)];
  }),
  ...PARTS_OF_SPEECH.map((part): [string, (word: string) => boolean] => [
    `${part}s`,
    (word) => partOfSpeech(word.trim().toLowerCase()) === part,
  ]),
];

/** All sets among the tokens `ids`, the empty ones too. */
export function tokenSets(tokenizer: Tokenizer, ids: ArrayLike<number>): TokenSet[] {
  const members: number[][] = RULES.map(() => []);
  for (let index = 0; index < ids.length; index++) {
    const text = tokenizer.text(ids[index]!);
    const word = text.startsWith(' ') ? text.slice(1) : text;
    RULES.forEach(([, holds], rule) => {
      if (holds(word, text)) members[rule]!.push(index);
    });
  }
  return RULES.map(([name], rule) => ({ name, members: Uint32Array.from(members[rule]!) }));
}

/** The set of that name. */
export function tokenSet(sets: readonly TokenSet[], name: string): Uint32Array {
  return sets.find((set) => set.name === name)!.members;
}

/** Sets that are large enough, and leave enough outside, to be ranked. */
export function rankableSets(sets: readonly TokenSet[], vocabularySize: number): TokenSet[] {
  return sets.filter(
    ({ members }) => members.length >= SMALLEST_SET && members.length <= vocabularySize - SMALLEST_SET,
  );
}
