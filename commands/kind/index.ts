import { defaultsOf } from '../../src/configuration/derived.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { KindParameters, KindRequest, KindsRequest } from '../../src/core/index.js';
import { type LayerAddress, parseFeatureAddress, parseLayerAddress } from '../line/address.js';
import { type Command, type CommandContext, type Plan, picturesFor, type Room } from '../line/command.js';
import { optionWords } from '../line/featureLine.js';
import { parseOptions } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';

const OPTIONS = parameterOptions('kind');

/** `/kind`: how a feature changes the next token and whether one token explains it, or which features of a layer stand out. */
export const kind: Command = {
  name: 'kind',
  summary: 'what kind of feature it is, or what stands out in a layer',
  usage: 'kind <layer> [feature] [model=...] [theme=light]',
  examples: [
    'kind 10 777',
    'kind 10',
    'kind L10 F777 theme=light',
    'kind smollm2-135m-instruct/10-res/777',
    'kind 10 random',
  ],
  options: OPTIONS,
  asks: 'kind',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { words, room } = request;
    const { configuration, jobs } = context;
    const { model: named, ...given } = parseOptions(request, OPTIONS);
    const whole = parseLayerAddress(words, named, configuration);
    if (whole) return planLayer(whole, given, context, room);
    const { model, layer, feature } = parseFeatureAddress(words, named, configuration);
    const { parameters, options } = readParameters(model, given, configuration.settings, room);
    const question: KindRequest = { model: model.id, layer, feature, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${feature} · kind`,
      line: ['kind', layer, feature, ...options].join(' '),
      scope: 'public',
      admit: (asker) => jobs.check('kind', question, asker),
      async run(control) {
        const [report, { kindReply }] = await Promise.all([
          jobs.ask('kind', question, model, control),
          import('./reply.js'),
        ]);
        return kindReply(report, options, picturesFor(control, jobs));
      },
    };
  },
};

function planLayer(
  { model, layer }: LayerAddress,
  given: Partial<KindParameters>,
  { configuration, jobs }: CommandContext,
  room: Room | undefined,
): Plan {
  const { parameters, options } = readParameters(model, given, configuration.settings, room);
  const question: KindsRequest = { model: model.id, layer, parameters };
  return {
    title: `${model.id} · layer ${layer} · kinds of features`,
    line: ['kind', layer, ...options].join(' '),
    scope: 'public',
    admit: (asker) => jobs.check('kinds', question, asker),
    async run(control) {
      const [report, { kindsReply }] = await Promise.all([
        jobs.ask('kinds', question, model, control),
        import('./survey.js'),
      ]);
      return kindsReply(report, options, picturesFor(control, jobs));
    },
  };
}

/** The parameters of the question, and the options of a line that asks it again. */
function readParameters(
  model: CatalogueModel,
  given: Partial<KindParameters>,
  settings: Settings,
  room: Room | undefined,
): { parameters: KindParameters; options: string[] } {
  const parameters = { ...defaultsOf(model, settings, 'kind'), ...given };
  return { parameters, options: optionWords('kind', parameters, model, settings, room) };
}
