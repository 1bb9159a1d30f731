import { defaultsOf } from '../../src/configuration/index.js';
import { CancelledError, type EvidenceExample } from '../../src/core/index.js';
import { Explainer, type ExplainReport, splitExamples } from '../../src/explanation/index.js';
import { parseFeatureAddress } from '../line/address.js';
import {
  type Command,
  type CommandContext,
  type CommandRequest,
  type PlanControl,
  picturesFor,
} from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';
import { cluesOf, isTrusted } from './clues.js';
import {
  type ExplainQuestions,
  type GatheredParts,
  gatherParts,
  PARTS,
  partControl,
  snippetsOfOthers,
} from './parts.js';
import { explainReply } from './reply.js';

const OPTIONS = parameterOptions('explain');

/** `/explain`: all evidence about a feature on one page, with a short explanation made from it. */
export const explain: Command = {
  name: 'explain',
  summary: 'one page of judgement: all evidence about a feature, and an explanation',
  usage: 'explain <layer> <feature> [key=value ...]',
  examples: ['explain 10 777', 'explain L10 F777 theme=light', 'explain 10 777 weights=decoder'],
  options: OPTIONS,
  asks: 'explain',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { settings } = context.configuration;
    const questions = readQuestions(request, context);
    const { model, feature } = questions;
    const { layer, feature: index, parameters } = feature;
    const asked = {
      layer,
      feature: index,
      parameters: { weights: parameters.weights, theme: parameters.theme },
    };
    return {
      title: `${model.id} · layer ${layer} · feature ${index} · explained`,
      line: questionLine('explain', asked, model, settings, request.room),
      scope: 'public',
      admit: (asker) => context.jobs.check('feature', feature, asker),
      async run(control) {
        const gathered = await gatherParts(questions, context, control);
        const report = await explained(questions, gathered, context, control);
        return explainReply(report, questions, settings, picturesFor(control, context.jobs));
      },
    };
  },
};

/** The questions behind a page: what its buttons ask again. */
export function readQuestions(request: CommandRequest, { configuration }: CommandContext): ExplainQuestions {
  const { settings } = configuration;
  const { model: named, ...given } = parseOptions(request, OPTIONS);
  const { model, layer, feature } = parseFeatureAddress(request.words, named, configuration);
  const address = { model: model.id, layer, feature };
  const budget = Math.min(settings.explain.dreamBudget, settings.limits.dreamTokens);
  return {
    model,
    feature: {
      ...address,
      parameters: {
        ...defaultsOf(model, settings),
        ...given,
        scale: 'best',
        prune: 'on',
        list: 'hybrid',
      },
    },
    dream: { ...address, parameters: { ...defaultsOf(model, settings, 'dream'), ...given, budget } },
  };
}

/** The page: parts with what is made from them. */
async function explained(
  questions: ExplainQuestions,
  { parts, missing }: GatheredParts,
  context: CommandContext,
  control: PlanControl,
): Promise<ExplainReport> {
  const { settings } = context.configuration;
  const one = (parts.feature ?? parts.dream ?? parts.kind)!;
  const { release, hook, layer, feature, parity } = one.sae;
  const trusted = isTrusted(parity);
  const explainer = context.explainer ?? new Explainer(settings.explain, undefined);
  const examples = parts.evidence?.examples ?? [];
  // Where nobody scores, nothing need be held out.
  const { shown, heldOut } = explainer.writes ? splitExamples(examples) : { shown: examples, heldOut: [] };
  const its = partControl(control, PARTS);
  if (explainer.writes) its.onProgress?.({ stage: 'explaining' });
  const others = heldOut.length > 0 && trusted ? await foundOthers(heldOut.length) : [];
  const clues = cluesOf(parts, shown, trusted);
  const explanation = await explainer.explain(clues, { heldOut, others }, control.signal);
  const { weights: vector, theme: colours } = questions.feature.parameters;
  return {
    schema: 'ghosttree/explain@1',
    model: one.model,
    sae: { release, hook, layer, feature, parity },
    parameters: { weights: vector, theme: colours },
    explanation,
    parts,
    missing,
  };

  /** Without them there is no score; the page stands. */
  async function foundOthers(count: number): Promise<EvidenceExample[]> {
    try {
      return await snippetsOfOthers(questions, count, parts.evidence!, settings, context, its);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      return [];
    }
  }
}
