import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import { type FeatureReport, type FeatureRequest, PARAMETERS } from '../../src/core/index.js';
import type { ReplyAction } from '../line/command.js';
import { featureLine, questionLine } from '../line/featureLine.js';

/** Steps of the buttons: a scale a quarter down or up, branches a factor of four weaker or stronger. */
const SCALE_STEP = 1.25;
const TRIM_STEP = 4;

/** What people ask next about a feature. */
export function featureActions(
  { parameters: { weights } }: FeatureReport,
  question: FeatureRequest,
  model: CatalogueModel,
  settings: Settings,
): ReplyAction[] {
  const { layer, feature, parameters } = question;
  const otherWeights = weights === 'encoder' ? 'decoder' : 'encoder';
  const about = (command: 'explain' | 'kind' | 'near') => {
    const shared = command === 'near' ? {} : { theme: parameters.theme };
    return questionLine(command, { layer, feature, parameters: shared }, model, settings);
  };
  const other = { ...question, parameters: { ...parameters, weights: otherWeights } as const };
  return [
    { label: 'Explain', does: { line: about('explain') } },
    { label: 'Texts', does: { aside: 'texts' } },
    { label: 'Logits', does: { line: about('kind') } },
    { label: 'Neighbours', does: { line: about('near') } },
    { label: capitalised(otherWeights), does: { line: featureLine(other, model, settings) } },
    { label: 'Details', does: { aside: 'details' } },
  ];
}

/**
 * The same question asked a little otherwise, and the report, for those who looked at the details.
 *
 * @param drawnTrim smallest cumulative probability in the picture that people look at
 */
export function tuningActions(
  report: FeatureReport,
  drawnTrim: number,
  question: FeatureRequest,
  model: CatalogueModel,
  settings: Settings,
): ReplyAction[] {
  const { at, scale } = report.parameters;
  // Below its cutoff a tree has nothing to hide.
  const trim = Math.max(drawnTrim, report.tree.cutoff);
  const changed = (parameters: Partial<FeatureRequest['parameters']>) => ({
    line: featureLine(
      { ...question, parameters: { ...question.parameters, ...parameters } },
      model,
      settings,
    ),
  });
  const limited = (value: number, [least, most]: readonly [number, number]) =>
    Number(Math.min(most, Math.max(least, value)).toPrecision(3));
  return [
    { label: 'JSON', does: { file: 'json' } },
    {
      label: 'Scale down',
      does: changed({ at, scale: limited(scale / SCALE_STEP, PARAMETERS.scale.range) }),
    },
    { label: 'Scale up', does: changed({ at, scale: limited(scale * SCALE_STEP, PARAMETERS.scale.range) }) },
    { label: 'More branches', does: changed({ trim: limited(trim / TRIM_STEP, PARAMETERS.trim.range) }) },
    { label: 'Fewer branches', does: changed({ trim: limited(trim * TRIM_STEP, PARAMETERS.trim.range) }) },
    { label: 'Compare', does: { line: compareLine(question, model, settings) } },
  ];
}

/** Encoder against decoder, with what `/compare` takes of the question's options; each has its own best scale there. */
function compareLine(
  { layer, feature, parameters }: FeatureRequest,
  model: CatalogueModel,
  settings: Settings,
): string {
  const { top, cutoff, nodes, tokens, prune, theme } = parameters;
  const shared = { top, cutoff, nodes, tokens, prune, theme };
  return questionLine('compare', { layer, feature, parameters: shared }, model, settings);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
