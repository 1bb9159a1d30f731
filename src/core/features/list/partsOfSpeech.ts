import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export const PARTS_OF_SPEECH = ['noun', 'verb', 'adjective', 'adverb'] as const;
export type PartOfSpeech = (typeof PARTS_OF_SPEECH)[number];

/** The list that words/build.py made; read when it is first needed. */
let partOfWord: ReadonlyMap<string, PartOfSpeech> | undefined;

/** Main part of speech, by WordNet, of an English word in lower case and base form; undefined where none is clear. */
export function partOfSpeech(word: string): PartOfSpeech | undefined {
  partOfWord ??= readWords();
  return partOfWord.get(word);
}

/** @throws Error when the shipped list is missing */
function readWords(): Map<string, PartOfSpeech> {
  const here = dirname(fileURLToPath(import.meta.url));
  // Beside the sources, also when the compiled copy in `dist` runs.
  const candidates = [join(here, '../../words'), join(here, '../../../../../src/core/words')];
  const files = candidates.map((folder) => join(folder, 'parts-of-speech.txt.gz'));
  const file = files.find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`The list of words is missing: ${files.join(' or ')}`);
  const words = new Map<string, PartOfSpeech>();
  for (const line of gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n')) {
    const [part, ...members] = line.split(' ') as [PartOfSpeech, ...string[]];
    for (const word of members) words.set(word, part);
  }
  return words;
}
