import { shorten } from '../text/shorten.js';

/** What a language model answered, made usable. Its text is a stranger's. */

const LONGEST_EXPLANATION = 400;

/**
 * One short line without control characters, markup of links or pings.
 *
 * @returns undefined where nothing is left
 */
export function cleanedExplanation(answer: string): string | undefined {
  // Models that think aloud do so between these marks.
  const said = answer.replaceAll(/<think>.*?(<\/think>|$)/gs, '');
  const line = said
    .replaceAll(/\p{C}+/gu, ' ')
    .replaceAll(/\b[a-z]+:\/\/\S+/gi, '[address]')
    // A mention of a person, a channel or everybody; the adapters make what is left harmless again.
    .replaceAll(/<[@#!][^>]*>|@(?=\w)/g, '')
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
  const said = answer.replaceAll(/<think>.*?(<\/think>|$)/gs, '');
  // The last list: models repeat the question before they answer.
  const lists = [...said.matchAll(/\[([\s01,]*|(?:\s*(?:true|false)\s*,?)*)\]/gi)].reverse();
  for (const [, list = ''] of lists) {
    const verdicts = list.match(/[01]|true|false/gi) ?? [];
    if (verdicts.length === count) return verdicts.map(isTrue);
  }
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const verdicts = lines.flatMap((line) => {
    const found = /(?:^|[:.)=\s])\s*([01]|true|false|yes|no)\W*$/i.exec(line);
    return found ? [found[1]!] : [];
  });
  return verdicts.length === count ? verdicts.map(isTrue) : undefined;
}

function isTrue(verdict: string): boolean {
  return /^(1|true|yes)$/i.test(verdict);
}
