import { shorten } from '../text/shorten.js';

/** Makes a language model's answers usable. They are untrusted, so everything here takes time linear in their length. */

const LONGEST_EXPLANATION = 400;
/** Characters read of an answer without its thoughts; an explanation, or verdicts on a round of snippets, has less. */
const MOST_READ = 20_000;

/**
 * One short line without control characters, markup of links or pings.
 *
 * @returns undefined where nothing is left
 */
export function cleanedExplanation(answer: string): string | undefined {
  const line = withoutThoughts(answer)
    .slice(0, MOST_READ)
    .replaceAll(/\p{C}+/gu, ' ')
    .replaceAll(/\b[a-z]+:\/\/\S+/gi, '[address]')
    // A mention of a person, a channel or everybody; the adapters escape what is left.
    .replaceAll(/<[@#!][^<>]*>|@(?=\w)/g, '')
    .replaceAll(/[`*_~|]+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(\[?explanation\]?:)\s*/i, '')
    .replace(/^"(.*)"$/, '$1')
    .trim();
  if (!/\p{L}/u.test(line)) return undefined;
  return shorten(line, LONGEST_EXPLANATION);
}

/**
 * A scorer's verdicts: a list such as `[1, 0, 1]`, or a line for each example that ends in 0 or 1.
 *
 * @returns undefined unless there is exactly one for each of `count` examples
 */
export function readVerdicts(answer: string, count: number): boolean[] | undefined {
  const text = withoutThoughts(answer).slice(-MOST_READ);
  // The last list: models repeat the question before they answer.
  for (const upToEnd of text.split(']').slice(0, -1).reverse()) {
    const start = upToEnd.lastIndexOf('[');
    const verdicts = start < 0 ? [] : listedVerdicts(upToEnd.slice(start + 1));
    if (verdicts.length === count) return verdicts;
  }
  const verdicts = text.split('\n').flatMap((line) => verdictOfLine(line) ?? []);
  return verdicts.length === count ? verdicts : undefined;
}

/** Models that think aloud do so between these marks. */
function withoutThoughts(answer: string): string {
  return answer.replaceAll(/<think>.*?(<\/think>|$)/gs, '');
}

const LISTED: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['false', false],
]);
const CLOSING_A_LINE: ReadonlyMap<string, boolean> = new Map([...LISTED, ['yes', true], ['no', false]]);

/** The verdicts of a list; none where anything else is in it, too. */
function listedVerdicts(list: string): boolean[] {
  const verdicts = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => LISTED.get(word));
  return verdicts.every((verdict) => verdict !== undefined) ? verdicts : [];
}

/** The last word of a line, where it stands by itself: `Example 3: yes.` */
function verdictOfLine(line: string): boolean | undefined {
  let end = line.length;
  while (end > 0 && !/\w/.test(line[end - 1]!)) end--;
  let start = end;
  while (start > 0 && /\w/.test(line[start - 1]!)) start--;
  const standsAlone = start === 0 || /[:.)=\s]/.test(line[start - 1]!);
  return standsAlone ? CLOSING_A_LINE.get(line.slice(start, end).toLowerCase()) : undefined;
}
