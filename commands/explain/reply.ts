import { factsOf, scoreWords, surenessWords, writerWords } from '../../renderers/explain/words.js';
import { headWords } from '../../renderers/text/headWords.js';
import type { Settings } from '../../src/configuration/index.js';
import type { DreamReport, FeatureReport } from '../../src/core/index.js';
import type { ExplainReport } from '../../src/explanation/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { attached, type Reply, type ReplyAction } from '../line/command.js';
import { featureLine, questionLine } from '../line/featureLine.js';
import { definitionTexts } from '../parts/definitions.js';
import { evidenceTexts } from '../parts/evidence.js';
import { fileName } from '../parts/fileName.js';
import { markedContext } from '../parts/hybrid.js';
import { markedText } from '../parts/markedText.js';
import { parityTexts } from '../parts/parity.js';
import { tokenTable } from '../parts/tokenTable.js';
import type { ExplainQuestions } from './parts.js';

const DEFINITIONS = 3;
const TOKENS = 4;

/**
 * The page as an answer: the explanation first, then a few lines of each part.
 *
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function explainReply(
  report: ExplainReport,
  questions: ExplainQuestions,
  settings: Settings,
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { model, sae, parameters, parts } = report;
  const base = `${model.id}-L${sae.layer}-F${sae.feature}-explain-${parameters.weights}`;
  const { layer, feature } = questions.feature;
  const { theme } = parameters;
  const line = questionLine('explain', { layer, feature, parameters: { theme } }, questions.model, settings);
  const name = fileName(base, line);
  const picture = await pictures?.picture(JSON.stringify(withoutTimes(report)), async () => {
    // canvas takes a moment to load, so it is loaded only when a picture is wanted.
    const { drawExplain } = await import('../../renderers/explain/index.js');
    return drawExplain(report);
  });
  return {
    title: `${model.id} · layer ${sae.layer} · feature ${sae.feature} · explained`,
    text: [
      ...headWords({ evidence: parts.evidence, verdict: parts.feature?.verdict }),
      ...explanationLines(report),
      '',
      ...partLines(report),
      ...report.missing.map(({ part, reason }) => `Without ${part}: ${readable(reason)}.`),
      ...parityTexts(sae.parity),
    ].join('\n'),
    ...attached(name, picture, report),
    ...(parts.feature ? tokenTable(parts.feature) : { tokens: [] }),
    actions: actionsOf(questions, settings),
  };
}

/** The report without running times: the same results computed again give the same picture. */
function withoutTimes({ schema, sae, parameters, explanation, parts, missing }: ExplainReport): unknown {
  const { feature, kind, dream, evidence } = parts;
  const asked = [feature, kind, dream].map((part) => part && [part.parameters, part.model]);
  const head = [evidence?.label, feature?.verdict];
  const stops = [feature?.tree.cutoff, feature?.hybrid, dream?.search, evidence?.source];
  return [schema, sae, parameters, explanation, missing, asked, head, stops];
}

function explanationLines(report: ExplainReport): string[] {
  const { explanation } = report;
  const by = readable(writerWords(explanation));
  const scores = scoreWords(explanation, true);
  return [
    readable(explanation.text),
    `${capitalised(surenessWords(explanation))}: ${explanation.sureness.because.join('; ')}. Written ${by}.`,
    ...(scores.length > 0
      ? [`Balanced accuracy on held-out snippets (0.5 is chance): ${scores.join(', ')}`]
      : []),
    ...explanation.notes,
  ];
}

function partLines(report: ExplainReport): string[] {
  const { feature, dream, evidence } = report.parts;
  const facts = factsOf(report);
  return [
    ...(facts.length > 0 ? [capitalised(facts.join(', '))] : []),
    ...(feature ? [...definitionTexts(feature.tree, DEFINITIONS), ...activatingLine(feature)] : []),
    ...(dream ? dreamtLines(dream) : []),
    ...evidenceTexts(evidence),
  ];
}

/** The most active tokens, each after the text in which it fires best. */
function activatingLine({ tokens, hybrid }: FeatureReport): string[] {
  if (!hybrid) return [];
  const active = tokens.filter(({ activation = 0, context }) => activation > 0 && context).slice(0, TOKENS);
  if (active.length === 0) return ['No token that was tried activates it'];
  return active.map(
    ({ token, context, activation }) => `${formatLength(activation!)}  ${markedContext(context!, token)}`,
  );
}

function dreamtLines({ front, chosen }: DreamReport): string[] {
  const text = front[chosen.fluent ?? chosen.strongest ?? -1];
  if (!text) return ['No dreamt text activates it'];
  const what = chosen.fluent === null ? 'Dreamt, not fluent' : 'Dreamt';
  return [`${what}, active ${formatLength(text.activation)}: ${markedText(text.tokens, text.peak)}`];
}

/** The questions behind the parts, whose answers are already in the cache. */
function actionsOf({ model, feature, dream }: ExplainQuestions, settings: Settings): ReplyAction[] {
  const { layer, feature: index, parameters } = feature;
  const { theme } = parameters;
  const kind = questionLine('kind', { layer, feature: index, parameters: { theme } }, model, settings);
  const help = { layer, feature: index, parameters: { theme } };
  return [
    { label: 'Tree', does: { line: featureLine(feature, model, settings) } },
    { label: 'Dream', does: { line: questionLine('dream', dream, model, settings) } },
    { label: 'Kind', does: { line: kind } },
    { label: 'Best scale', does: { line: questionLine('sweep', help, model, settings) } },
    { label: 'How to activate', does: { line: 'help activate' } },
    { label: 'JSON', does: { file: 'json' } },
  ];
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
