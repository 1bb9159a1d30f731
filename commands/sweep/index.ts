import { defaultsOf } from '../../src/configuration/derived.js';
import type { SweepRequest } from '../../src/core/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';

const OPTIONS = parameterOptions('sweep');

/** `/sweep`: the scale at which a feature's definitions are clearest. */
export const sweep: Command = {
  name: 'sweep',
  summary: 'at which scale a feature speaks best: what it says at each',
  usage: 'sweep <layer> <feature> [key=value ...]',
  examples: ['sweep 10 777', 'sweep 10 777 weights=decoder', 'sweep L10 F777 theme=light'],
  options: OPTIONS,
  asks: 'sweep',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { model, layer, feature, parameters } = readQuestion(request, context);
    const { settings } = context.configuration;
    const question: SweepRequest = { model: model.id, layer, feature, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${feature} · scales`,
      line: questionLine('sweep', question, model, settings, request.room),
      scope: 'public',
      admit: (asker) => context.jobs.check('sweep', question, asker),
      async run(control) {
        const [report, evidence, { sweepReply }] = await Promise.all([
          context.jobs.ask('sweep', question, model, control),
          context.evidence?.of(model, layer, feature),
          import('./reply.js'),
        ]);
        const pictures = picturesFor(control, context.jobs);
        return sweepReply(report, evidence, model, settings, pictures);
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const { model, ...given } = parseOptions(request, OPTIONS);
  const address = parseFeatureAddress(request.words, model, configuration);
  const parameters = { ...defaultsOf(address.model, configuration.settings, 'sweep'), ...given };
  return { ...address, parameters };
}
