/** Label and verdict of a feature, in words. */
import type { FeatureLabel, LabelOnTexts } from '../../src/core/report/evidence.js';
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

/** `travel, trip`; with a pattern `5, 10 (before a number)`; of two meanings `fall (6 of 10) · False (4 of 10)`. */
export function labelWords({ words, pattern, meanings, of }: FeatureLabel): string {
  if (meanings)
    return meanings.map((each) => `${listed(each.words)} (${each.examples} of ${of})`).join(' · ');
  return pattern === undefined ? listed(words) : `${listed(words)} (${pattern})`;
}

function listed(words: readonly string[]): string {
  return words.map(wordOf).join(', ');
}

/** A word of a label as it is shown. */
function wordOf(word: string): string {
  return shorten(readable(visibleToken(word)), LONGEST_WORD);
}

/** How many examples share the words of a label, and what other features share them. */
export function labelSource({ shared, of, meanings, same, apart }: FeatureLabel): string {
  const source =
    shared === 0 ? `no word is shared by its ${of} top texts` : `in ${shared} of its ${of} top texts`;
  const near = apart === undefined ? '' : `; only this one near “${wordOf(apart)}”`;
  const others = same
    ? ` · ${same} other ${same === 1 ? 'feature has' : 'features have'} this label${near}`
    : '';
  return `${meanings ? 'two meanings in its top texts' : source}${others}`;
}

/** One sentence, without the mark. */
export function verdictWords({ kind, readBack, on, by, calibrated, label }: FeatureVerdict): string {
  const where = by === 'firing' ? ' at its firing places' : '';
  const share = readBack === undefined ? '' : formatProbability(Math.min(1, readBack));
  const quote = on === undefined ? '' : ` on “${shorten(readable(on), LONGEST_QUOTE)}”`;
  const sentences: Record<VerdictKind, string> = {
    readsBack: `reads back${where}: ${share} of its maximum${quote}`,
    partly: `reads back partly${where}: ${share} of its maximum${quote}`,
    nothing: 'nothing it says activates it: trust the texts',
    dead: 'dead: never active in the corpus',
    alwaysOn: 'always on: no word says when it fires',
    notMeasured: 'not measured yet: nothing is known of where it fires',
  };
  const guess =
    calibrated || kind === 'dead' || kind === 'alwaysOn' ? '' : ' (not calibrated: what it says is a guess)';
  const holds = label && kind !== 'dead' ? labelHolds(label) : [];
  return `${sentences[kind]}${guess}${holds.length > 0 ? ` · on other texts ${holds.join(', ')}` : ''}`;
}

/** Of fewer occurrences or firings a share says little. */
const FEWEST = 10;

/** Recall and precision of a label on texts that it was not made from, as far as they are known well enough. */
export function labelHolds({
  word,
  occurrences = 0,
  active = 0,
  instead,
  firings,
  matching,
}: LabelOnTexts): string[] {
  const holds: string[] = [];
  if (word !== undefined && occurrences >= FEWEST) {
    const silent = occurrences - active;
    const quoted = `«${wordOf(word)}»`;
    if (2 * active >= occurrences)
      holds.push(`active on ${formatProbability(active / occurrences)} of ${quoted}`);
    else {
      const absorbed =
        instead && 2 * instead.active >= silent
          ? ` (feature ${instead.feature} fires there instead: perhaps absorbed)`
          : '';
      holds.push(`silent on ${formatProbability(silent / occurrences)} of ${quoted}${absorbed}`);
    }
  }
  if (firings >= FEWEST)
    holds.push(`${formatProbability(matching / firings)} of its strong firings on words of the label`);
  return holds;
}
