import { defaultsOf } from '../../src/configuration/derived.js';
import type { NearRequest } from '../../src/core/index.js';
import { layersOf, parseFeatureAddress } from '../line/address.js';
import type { Command } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';

const OPTIONS = parameterOptions('near');

/** `/near`: which features write in nearly the same direction, in the layer and across layers. */
export const near: Command = {
  name: 'near',
  summary: 'which features are like it, in its layer and in others',
  usage: 'near <layer> <feature> [model=...]',
  examples: ['near 10 777', 'near L10 F777', 'near smollm2-135m-instruct/10-res/777', 'near 10 random'],
  options: OPTIONS,
  asks: 'near',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { configuration, jobs, evidence } = context;
    const { settings } = configuration;
    const { model: named } = parseOptions(request, OPTIONS);
    const { model, layer, feature } = parseFeatureAddress(request.words, named, configuration);
    const { layers } = layersOf(model.id, configuration);
    const parameters = defaultsOf(model, settings, 'near');
    const question: NearRequest = { model: model.id, layer, feature, layers, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${feature} · near`,
      line: questionLine('near', { layer, feature, parameters: {} }, model, settings, request.room),
      scope: 'public',
      admit: (asker) => jobs.check('near', question, asker),
      async run(control) {
        const [report, { labelledNear, nearReply }] = await Promise.all([
          jobs.ask('near', question, model, control),
          import('./reply.js'),
        ]);
        const label = async (of: number, feature: number) =>
          (await evidence?.shipped(model, of, feature))?.label;
        const own = await label(layer, feature);
        return nearReply(await labelledNear(report, label), own, model, settings);
      },
    };
  },
};
