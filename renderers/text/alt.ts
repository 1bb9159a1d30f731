/** The picture in words, for screen readers and for chats that cannot show it. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { aroundPeak } from '../sheet/aroundPeak.js';
import { strongestDefinitions } from './definitions.js';
import { headSentences } from './headWords.js';
import { holdWords } from './holdWords.js';
import { activeShare, shownDefinitions } from './spoken.js';

const LONGEST_QUOTE = 200; // characters
const SHOWN = 3; // definitions

/** One paragraph: label and verdict, the first three definitions, and where the feature fires. */
export function altText(report: FeatureReport): string {
  const { layer, feature } = report.sae;
  const address = `${report.model.id}, layer ${layer}, feature ${feature}.`;
  return `${headSentences(report)}${address}${saysSentence(report)}${firesOn(report)}`;
}

/** What is said of a held feature is said by its tree alone. */
function saysSentence({ held, tree, definitions, evidence }: FeatureReport): string {
  const grown = () =>
    strongestDefinitions(tree.root, SHOWN).map(
      ({ text, ended, probability }) => `${quoted(text, ended)} (${formatProbability(probability)})`,
    );
  const spoken = shownDefinitions(definitions, SHOWN).map((definition) => {
    const { share, text } = activeShare(definition, evidence?.maximum);
    return `${quoted(definition.text, definition.ended)}${share ? ` (${text})` : ''}`;
  });
  const said = held || spoken.length === 0 ? grown() : spoken;
  const how = held ? ` Grown with ${holdWords(held)}.` : '';
  if (said.length > 0) return `${how} The model says: ${said.join(', ')}.`;
  return `${how} No definition reaches the cutoff ${formatCutoff(tree.cutoff)}.`;
}

/** The token on which the feature is most active, with the text before it. */
function firesOn({ evidence }: FeatureReport): string {
  const [example] = evidence?.examples ?? [];
  if (!example) return '';
  const { tokens, peak } = aroundPeak(example, { before: 8, after: 3 });
  const token = tokens[peak ?? 0] ?? '';
  return ` Most active on “${shorten(visibleToken(token.trim() || token), 40)}” in “${shorten(readable(tokens.join('').trim()), LONGEST_QUOTE)}”.`;
}

function quoted(text: string, ended: boolean): string {
  return `“${shorten(readable(text), LONGEST_QUOTE)}${ended ? '' : '…'}”`;
}
