/** The picture in words, for screen readers and for chats that cannot show it. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { aroundPeak } from '../sheet/aroundPeak.js';
import { type Definition, strongestDefinitions } from './definitions.js';
import { headSentences } from './headWords.js';
import { holdWords } from './holdWords.js';

const LONGEST_QUOTE = 200; // characters

/** One paragraph: label and verdict, the three strongest definitions and the first ten tokens. */
export function altText(report: FeatureReport): string {
  const { layer, feature } = report.sae;
  const definitions = strongestDefinitions(report.tree.root, 3).map(quote);
  const tokens = report.tokens
    .slice(0, 10)
    .map(({ token }) => shorten(visibleToken(token.trim() || token), 40));
  const tree =
    definitions.length > 0
      ? `Strongest definitions: ${definitions.join(', ')}.`
      : `No definition reaches the cutoff ${formatCutoff(report.tree.cutoff)}.`;
  const holdSentence = report.held ? ` Grown with ${holdWords(report.held)}.` : '';
  return `${headSentences(report)}Definition tree and token list of ${report.model.id}, layer ${layer}, feature ${feature}.${holdSentence} ${tree} ${report.hybrid ? 'Activating' : 'Nearest'} tokens: ${tokens.join(', ')}.${firesOn(report)}`;
}

/** The token on which the feature is most active, with the text before it. */
function firesOn({ evidence }: FeatureReport): string {
  const [example] = evidence?.examples ?? [];
  if (!example) return '';
  const { tokens, peak } = aroundPeak(example, { before: 8, after: 3 });
  const token = tokens[peak ?? 0] ?? '';
  return ` Most active on “${shorten(visibleToken(token.trim() || token), 40)}” in “${shorten(readable(tokens.join('').trim()), LONGEST_QUOTE)}”.`;
}

function quote(definition: Definition): string {
  const text = shorten(readable(definition.text), LONGEST_QUOTE);
  return `“${text}${definition.ended ? '' : '…'}” (${formatProbability(definition.probability)})`;
}
