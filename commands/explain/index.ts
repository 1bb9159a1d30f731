import { defaultsOf } from '../../src/configuration/derived.js';
import { MODEL, PARAMETERS } from '../feature/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions } from '../line/options.js';
import type { ExplainQuestions } from './parts.js';

const { weights, theme } = PARAMETERS;
const OPTIONS = [MODEL, weights, theme];

/** `/explain`: all evidence about a feature on one page, with a short explanation made from it. */
export const explain: Command = {
  name: 'explain',
  summary: 'one page of judgement: all evidence about a feature, and an explanation',
  usage: 'explain <layer> <feature> [key=value ...]',
  examples: ['explain 10 777', 'explain L10 F777 theme=light', 'explain 10 777 weights=decoder'],
  options: OPTIONS,
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
      line: questionLine('explain', asked, model, settings),
      scope: 'public',
      admit: (asker) => context.jobs.check('feature', feature, asker),
      async run(control) {
        const [{ explainedPage }, { explainReply }] = await Promise.all([
          import('./page.js'),
          import('./reply.js'),
        ]);
        const report = await explainedPage(questions, context, control);
        return explainReply(report, questions, settings, picturesFor(control, context.jobs));
      },
    };
  },
};

/** The questions behind a page: what its buttons ask again. */
export function readQuestions(
  { words, values }: CommandRequest,
  { configuration }: CommandContext,
): ExplainQuestions {
  const { settings } = configuration;
  const parsed = parseOptions(values, OPTIONS);
  const { model: modelOption, ...given } = parsed as {
    model?: string;
    weights?: 'encoder' | 'decoder';
    theme?: 'dark' | 'light';
  };
  const { model, layer, feature } = parseFeatureAddress(words, modelOption, configuration);
  const defaults = { ...defaultsOf(model, settings), ...given };
  const address = { model: model.id, layer, feature };
  const { prompt, trim } = defaults;
  return {
    model,
    feature: { ...address, parameters: { ...defaults, scale: 'best', prune: 'on', list: 'hybrid' } },
    dream: {
      ...address,
      parameters: {
        weights: defaults.weights,
        prompt,
        trim,
        theme: defaults.theme,
        ...settings.dream,
        budget: Math.min(settings.explain.dreamBudget, settings.limits.dreamTokens),
      },
    },
  };
}
