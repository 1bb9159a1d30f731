import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import {
  CancelledError,
  type DreamRequest,
  type EvidenceExample,
  type FeatureEvidence,
  type FeatureRequest,
  MOST_TEXTS,
  uniformNumbers,
} from '../../src/core/index.js';
import { verdictOf } from '../../src/core/judging.js';
import type { ExplainParts, ExplainReport } from '../../src/explanation/index.js';
import { oneLine } from '../../src/text/shorten.js';
import type { CommandContext, PlanControl } from '../line/command.js';
import { isTrusted } from './clues.js';

/** Parts that are asked one after the other; the explanation is the last. */
export const PARTS = 4;

/** What is asked about a feature. */
export interface ExplainQuestions {
  model: CatalogueModel;
  feature: FeatureRequest;
  dream: DreamRequest;
}

type Missing = ExplainReport['missing'];

/** The parts that could be had, and why others could not. */
export interface GatheredParts {
  parts: ExplainParts;
  missing: Missing;
}

/**
 * Asks for all evidence; one part that fails does not take the others with it.
 *
 * @param wants whether a dreamt text is wanted, which takes longest
 * @throws {CancelledError} when the person who asked cancelled
 * @throws {InputError | EngineError} why the first part failed, when all did
 */
export async function gatherParts(
  { model, feature, dream }: ExplainQuestions,
  { jobs, evidence }: CommandContext,
  control: PlanControl,
  { dreams = true } = {},
): Promise<GatheredParts> {
  const { layer, feature: index } = feature;
  const missing: Missing = [];
  const failures: unknown[] = [];
  const part = async <T>(number: number, name: string, ask: (control: PlanControl) => Promise<T>) => {
    try {
      return await ask(partControl(control, number));
    } catch (error) {
      if (error instanceof CancelledError || control.signal?.aborted) throw error;
      failures.push(error);
      missing.push({ part: name, reason: reasonOf(error) });
      return undefined;
    }
  };
  const evidenceAsked = evidence?.of(model, layer, index);
  const tree = await part(1, 'definitions and tokens', (controlOfPart) =>
    jobs.ask('feature', feature, model, controlOfPart),
  );
  const { trim, theme } = feature.parameters;
  const kind = tree?.kind
    ? await part(2, 'kind', (controlOfPart) =>
        jobs.ask(
          'kind',
          { model: model.id, layer, feature: index, parameters: { trim, theme } },
          model,
          controlOfPart,
        ),
      )
    : undefined;
  if (tree && !tree.kind)
    missing.push({
      part: 'kind',
      reason: `the features of layer ${layer} were not measured yet: kind ${layer} ${index} does it, once`,
    });
  const trusted = !tree || isTrusted(tree.sae.parity);
  const dreamt =
    trusted && dreams
      ? await part(3, 'dreamt text', (controlOfPart) => jobs.ask('dream', dream, model, controlOfPart))
      : undefined;
  if (!trusted)
    missing.push({ part: 'dreamt text', reason: 'the activations of this SAE are not to be trusted' });
  if (!tree && !kind && !dreamt) throw failures[0];
  const evidenceKnown = await evidenceAsked;
  if (!evidenceKnown || evidenceKnown.examples.length === 0)
    missing.push({ part: 'examples', reason: 'none come with the model or are known to Neuronpedia' });
  return {
    parts: {
      ...(tree && { feature: { ...tree, verdict: verdictOf(tree, evidenceKnown) } }),
      ...(kind && { kind }),
      ...(dreamt && { dream: dreamt }),
      ...(evidenceKnown && { evidence: evidenceKnown }),
    },
    missing,
  };
}

/** The control of one part: its progress says which part it is. */
export function partControl(control: PlanControl, number: number): PlanControl {
  const { onProgress } = control;
  return {
    ...control,
    ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, part: { number, of: PARTS } }) }),
  };
}

/** Other features that are tried when looking for snippets. */
const OTHERS_TRIED = 16;

/**
 * Snippets of other features of the same layer, one of each, on which this feature was measured to be silent.
 *
 * @param count most snippets
 */
export async function snippetsOfOthers(
  { model, feature }: ExplainQuestions,
  count: number,
  evidenceOfFeature: FeatureEvidence,
  settings: Settings,
  { jobs, evidence }: CommandContext,
  control: PlanControl,
): Promise<EvidenceExample[]> {
  const { layer, feature: index } = feature;
  const uniform = uniformNumbers(settings.explain.seed + index);
  const seenTexts = new Set(evidenceOfFeature.examples.map(textOf));
  const examples: EvidenceExample[] = [];
  for (let tried = 0; tried < OTHERS_TRIED && examples.length < 2 * count; tried++) {
    if (control.signal?.aborted) throw new CancelledError();
    const candidate = Math.floor(uniform() * model.features);
    const [example] = (await evidence?.of(model, layer, candidate))?.examples ?? [];
    if (candidate === index || !example || seenTexts.has(textOf(example))) continue;
    seenTexts.add(textOf(example));
    examples.push(example);
  }
  if (examples.length === 0) return [];
  const { trim, theme } = feature.parameters;
  const texts = examples.slice(0, MOST_TEXTS).map(textOf);
  const question = { model: model.id, layer, feature: index, texts, parameters: { bos: false, trim, theme } };
  const read = await jobs.ask('activate', question, model, control);
  return examples.filter((_, at) => read.texts[at]?.peak === null).slice(0, count);
}

function textOf({ tokens }: EvidenceExample): string {
  return tokens.join('');
}

/** An error's message as one line without a full stop at its end. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : 'it failed';
  return oneLine(text, 200).replace(/\.$/, '');
}
