import { defaultsOf } from '../../src/configuration/derived.js';
import { type FeatureRequest, requireOneStrength } from '../../src/core/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { featureLine } from '../line/featureLine.js';
import { parseOptions, withinLimits } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';

const OPTIONS = parameterOptions('feature');

/** `/feature`: definition tree and token list of one feature. */
export const feature: Command = {
  name: 'feature',
  summary: 'what a feature means: its definition tree and token list',
  usage: 'feature <layer> <feature> [key=value ...]',
  examples: [
    'feature 10 777',
    'feature 10 777 at=2 scale=1.6',
    'feature 10 777 weights=encoder',
    'feature L10 F777',
    'feature smollm2-135m-instruct/10-res/777 theme=light',
    'feature 10 random',
    'feature 10 777 clamp=1',
    `feature 10 777 prompt='The word "{ghost}" means "'`,
  ],
  options: OPTIONS,
  asks: 'feature',
  heedsSettings: true,

  plan(request, context) {
    const { model, layer, feature: index, parameters } = readQuestion(request, context);
    const { settings } = context.configuration;
    const question: FeatureRequest = { model: model.id, layer, feature: index, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${index}`,
      line: featureLine(question, model, settings, request.room),
      scope: 'public',
      admit: (asker) => context.jobs.check('feature', question, asker),
      async run(control) {
        const [report, evidence, { featureReply }] = await Promise.all([
          context.jobs.ask('feature', question, model, control),
          context.evidence?.of(model, layer, index),
          import('./reply.js'),
        ]);
        return featureReply(
          evidence ? { ...report, evidence } : report,
          model,
          question,
          settings,
          picturesFor(control, context.jobs),
        );
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const { settings } = configuration;
  const { model, ...given } = parseOptions(request, withinLimits(OPTIONS, settings.limits));
  const address = parseFeatureAddress(request.words, model, configuration);
  const parameters: FeatureRequest['parameters'] = { ...defaultsOf(address.model, settings), ...given };
  requireOneStrength(parameters);
  return { ...address, parameters };
}
