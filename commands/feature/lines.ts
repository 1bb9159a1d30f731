import { strongestOf } from '../../renderers/sheet/aroundPeak.js';
import { strongestDefinitions } from '../../renderers/text/definitions.js';
import { labelLine } from '../../renderers/text/headWords.js';
import { holdWarning, holdWords } from '../../renderers/text/holdWords.js';
import { activeShare, shownDefinitions } from '../../renderers/text/spoken.js';
import { VERDICT_MARKS, verdictWords } from '../../renderers/text/verdictWords.js';
import type { FeatureEvidence, FeatureReport, SpokenDefinition } from '../../src/core/index.js';
import { formatLength, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { lensLine } from '../parts/lensWords.js';
import { markedText } from '../parts/markedText.js';
import { nearLine } from '../parts/nearWords.js';
import { parityWarnings } from '../parts/parity.js';

/** Examples and definitions in a line, and words and features of the others. */
const EXAMPLES = 2;
const DEFINITIONS = 2;
const WORDS = 4;
const NEAR = 3;
/** Tokens of an example around its peak, and characters of what is said. */
const ROOM = { before: 8, after: 4 };
const LONGEST = 90;

/** What of a report the lines are made of; while an answer is worked on, what is there already. */
export type Told = Pick<FeatureReport, 'evidence'> &
  Partial<Pick<FeatureReport, 'definitions' | 'firing' | 'verdict' | 'logits' | 'near' | 'held' | 'tree'>> & {
    sae?: Pick<FeatureReport['sae'], 'parity'>;
  };

/**
 * A feature at a glance: what it is called, where it fires, what the model says of it and whether that holds, what it
 * promotes, what is near; a warning where there is something to warn of. A line each, as far as it is known.
 */
export function featureLines(told: Told): string[] {
  return [
    ...nameLine(told.evidence),
    ...firesLine(told.evidence),
    ...saysLine(told),
    ...lensLine(told, WORDS),
    ...nearLine(told.near, NEAR),
    ...(told.sae ? parityWarnings(told.sae.parity) : []),
  ];
}

/** The label, or what others explained it as. */
function nameLine(evidence: FeatureEvidence | undefined): string[] {
  const explained = evidence?.explanations.map((text) => `Neuronpedia: ${shorten(readable(text), LONGEST)}`);
  const line = [...(evidence?.label ? [labelLine(evidence.label)] : []), ...(explained?.slice(0, 1) ?? [])];
  return line.length > 0 ? [line.join(' · ')] : [];
}

function firesLine(evidence: FeatureEvidence | undefined): string[] {
  if (!evidence) return [];
  const { examples, maximum, density } = evidence;
  const texts = examples.slice(0, EXAMPLES).map(({ tokens, activations }) =>
    markedText(
      tokens.map((token) => ({ token })),
      strongestOf(activations) ?? undefined,
      ROOM,
    ),
  );
  const facts = [
    ...(maximum === undefined ? [] : [`max ${formatLength(maximum)}`]),
    ...(density === undefined ? [] : [`density ${formatProbability(density)}`]),
  ].join(', ');
  const parts = [...texts, ...(facts ? [facts] : [])];
  return parts.length > 0 ? [`Fires on: ${parts.join(' · ')}`] : [];
}

/** What is said and how active the feature is on it, then whether that holds. */
function saysLine({ definitions, firing, verdict, evidence, held, tree }: Told): string[] {
  const mark = verdict && `${VERDICT_MARKS[verdict.kind]} ${verdictWords(withoutQuote(verdict))}`;
  // What is said of a held feature is said by the tree alone.
  if (held && tree) {
    const grown = strongestDefinitions(tree.root, DEFINITIONS).map(
      ({ text, probability, ended }) => `${said(text, ended)} ${formatProbability(probability)}`,
    );
    const warning = holdWarning(held);
    return [
      `Grown with ${holdWords(held)}: ${grown.join(' · ') || 'nothing reaches the cutoff'}`,
      ...(warning === undefined ? [] : [warning]),
    ];
  }
  const spoken = (of: readonly SpokenDefinition[]) =>
    of.map(
      (definition) =>
        `${said(definition.text, definition.ended)} ${activeShare(definition, evidence?.maximum).text}`,
    );
  const own = spoken(shownDefinitions(definitions ?? [], DEFINITIONS));
  const atFiring = spoken((firing ?? []).slice(0, DEFINITIONS));
  return [
    ...(own.length > 0 ? [`Model says: ${own.join(' · ')}${mark ? ` · ${mark}` : ''}`] : mark ? [mark] : []),
    ...(atFiring.length > 0 ? [`At its firing places the model says: ${atFiring.join(' · ')}`] : []),
  ];
}

function said(text: string, ended: boolean): string {
  return `“${shorten(readable(text), LONGEST)}${ended ? '' : ' …'}”`;
}

/** The definition stands before it. */
function withoutQuote({ on: _on, ...verdict }: NonNullable<Told['verdict']>): NonNullable<Told['verdict']> {
  return verdict;
}
