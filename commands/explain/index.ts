import { defaultsOf } from '../../src/configuration/derived.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';
import type { ExplainQuestions } from './parts.js';

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
