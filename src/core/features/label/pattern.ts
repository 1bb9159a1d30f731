import type { Peak } from './words.js';

/** Share of the peaks of which a pattern must hold. */
const MOST = 0.7;

const PATTERNS: readonly { words: string; holds(peak: Peak): boolean }[] = [
  { words: 'number', holds: ({ written }) => /^[\d.,]+$/.test(written) && /\d/.test(written) },
  { words: 'line break', holds: ({ written }) => /^\s*\n\s*$/.test(written) },
  { words: 'punctuation', holds: ({ written }) => /^[^\p{L}\p{N}\s]+$/u.test(written) },
  { words: 'before a number', holds: ({ after }) => /^\s*[$€£]?\d/.test(after) },
  {
    words: 'first word of a sentence',
    holds: ({ before }) => /([.!?]["'”’)]*|\n)\s*$/.test(before),
  },
  { words: 'before a capital letter', holds: ({ after }) => /^\s*["'“‘]?\p{Lu}/u.test(after) },
  { words: 'after a number', holds: ({ before }) => /\d\s*$/.test(before) },
  {
    words: 'in quotation marks',
    holds: ({ before, after }) => /["“«]\s*$/.test(before) && /^\s*["”»]/.test(after),
  },
  { words: 'before a line break', holds: ({ after }) => /^[ \t]*\n/.test(after) },
];

/** What the places of nearly all peaks have in common beyond their words: the first pattern that holds. */
export function firingPattern(peaks: readonly Peak[]): string | undefined {
  return PATTERNS.find(({ holds }) => peaks.length > 2 && peaks.filter(holds).length >= MOST * peaks.length)
    ?.words;
}
