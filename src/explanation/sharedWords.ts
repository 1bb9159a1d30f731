import type { Clues } from './clues.js';

const MOST = 4;
const SHORTEST = 4;
/** A shared word occurs in at least this many kinds of evidence. */
const SOURCES = 2;
/** Words of grammar and of definitions in general, which mean nothing when two texts share them. */
const COMMON = new Set(
  'about after also another around because been before being between both cause does each from have having into like made make more most much often only other over part person people quality relating same small some something such take than that their them then there these they thing things this those through typical definition under used using very what when where which while will with word would your means kind'.split(
    ' ',
  ),
);

/** Words that several kinds of evidence share, those in most kinds first. */
export function sharedWords({ definitions, tokens, examples, dreamt, promoted, trusted }: Clues): string[] {
  const sources = [
    wordsOf(definitions.map(({ text }) => text)),
    wordsOf(promoted),
    ...(trusted
      ? [
          wordsOf(tokens.map(({ before, token }) => before + token)),
          wordsOf(examples.map(({ text }) => text)),
          wordsOf(dreamt ? [dreamt.text] : []),
        ]
      : []),
  ];
  const counts = new Map<string, number>();
  for (const words of sources) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  // Only words of the definitions count, because texts from the same search would agree with each other anyway.
  return [...sources[0]!]
    .filter((word) => counts.get(word)! >= SOURCES)
    .sort((a, b) => counts.get(b)! - counts.get(a)!)
    .slice(0, MOST);
}

function wordsOf(texts: readonly string[]): Set<string> {
  const words = texts.flatMap((text) => text.toLowerCase().match(/\p{L}+/gu) ?? []);
  return new Set(words.filter((word) => [...word].length >= SHORTEST && !COMMON.has(word)));
}
