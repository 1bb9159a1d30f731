/** Label and verdict of a feature, in words. */
import type { FeatureLabel } from '../../src/core/report/evidence.js';
import type { FeatureVerdict, VerdictKind } from '../../src/core/report/verdict.js';
import { formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';

const LONGEST_WORD = 30;
const LONGEST_QUOTE = 80;

export const VERDICT_MARKS: Readonly<Record<VerdictKind, string>> = {
  readsBack: '✓',
  partly: '≈',
  nothing: '✗',
  dead: '✗',
  alwaysOn: '✗',
  notMeasured: '?',
};

/** `travel, trip`; with a pattern `fires before a number: 5, 10`. */
export function labelWords({ words, pattern }: FeatureLabel): string {
  const shown = words.map((word) => shorten(readable(visibleToken(word)), LONGEST_WORD)).join(', ');
  return pattern === undefined ? shown : `${shown} (${pattern})`;
}

/** How many examples share the words of a label. */
export function labelSource({ shared, of }: FeatureLabel): string {
  return shared === 0 ? `no word is shared by its ${of} top texts` : `in ${shared} of its ${of} top texts`;
}

/** One sentence, without the mark. */
export function verdictWords({ kind, readBack, on, calibrated }: FeatureVerdict): string {
  const share = readBack === undefined ? '' : formatProbability(Math.min(1, readBack));
  const quote = on === undefined ? '' : ` on “${shorten(readable(on), LONGEST_QUOTE)}”`;
  const sentences: Record<VerdictKind, string> = {
    readsBack: `reads back: ${share} of its maximum${quote}`,
    partly: `reads back partly: ${share} of its maximum${quote}`,
    nothing: 'nothing it says activates it: trust the texts',
    dead: 'dead: never active in the corpus',
    alwaysOn: 'always on: no word says when it fires',
    notMeasured: 'not measured yet: nothing is known of where it fires',
  };
  const guess =
    calibrated || kind === 'dead' || kind === 'alwaysOn' ? '' : ' (not calibrated: what it says is a guess)';
  return `${sentences[kind]}${guess}`;
}
