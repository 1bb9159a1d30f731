import { defaultsOf } from '../../src/configuration/derived.js';
import type { DreamRequest } from '../../src/core/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions, withinLimits } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';

const OPTIONS = parameterOptions('dream');

/** `/dream`: text that activates a feature and still reads as language. */
export const dream: Command = {
  name: 'dream',
  summary: 'text that activates a feature most and still reads as language',
  usage: 'dream <layer> <feature> [key=value ...]',
  examples: ['dream 10 777', 'dream 10 777 seed=2', 'dream L10 F777 length=12 theme=light'],
  options: OPTIONS,
  asks: 'dream',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { model, layer, feature, parameters } = readQuestion(request, context);
    const { settings } = context.configuration;
    const question: DreamRequest = { model: model.id, layer, feature, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${feature} · dreamt text`,
      line: questionLine('dream', question, model, settings, request.room),
      scope: 'public',
      endsEarly: true,
      admit: (asker) => context.jobs.check('dream', question, asker),
      async run(control) {
        const [report, { dreamReply }] = await Promise.all([
          context.jobs.ask('dream', question, model, { ...control, keepsFound: true }),
          import('./reply.js'),
        ]);
        return dreamReply(report, model, settings, picturesFor(control, context.jobs));
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const { settings } = configuration;
  const { model, ...given } = parseOptions(request, withinLimits(OPTIONS, settings.limits));
  const address = parseFeatureAddress(request.words, model, configuration);
  const parameters = { ...defaultsOf(address.model, settings, 'dream'), ...given };
  return { ...address, parameters };
}
