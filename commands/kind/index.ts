import { defaultsOf } from '../../src/configuration/derived.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { KindParameters, KindRequest, KindsRequest } from '../../src/core/index.js';
import { type LayerAddress, parseFeatureAddress, parseLayerAddress } from '../line/address.js';
import { type Command, type CommandContext, type Plan, picturesFor } from '../line/command.js';
import { choiceOption, parseOptions, textOption } from '../line/options.js';

const MODEL = textOption(
  'model',
  'which model and SAE release',
  'a model of the catalogue',
  (text) => text !== '',
);
const THEME = choiceOption('theme', 'colours of the picture', ['dark', 'light']);

/** `/kind`: what a feature does to the next token, and whether one token explains it; of a layer, who stands out. */
export const kind: Command = {
  name: 'kind',
  summary: 'what kind of feature it is, or what stands out in a layer',
  usage: 'kind <layer> [feature] [model=...] [theme=light]',
  examples: [
    'kind 10 777',
    'kind 10',
    'kind L10 F777 theme=light',
    'kind gloss-12l/10-res/777',
    'kind 10 random',
  ],
  options: [MODEL, THEME],
  slash: true,
  heedsSettings: true,

  plan({ words, values }, context) {
    const { configuration, jobs } = context;
    const given = parseOptions(values, [MODEL, THEME]) as { model?: string; theme?: 'dark' | 'light' };
    const whole = parseLayerAddress(words, given.model, configuration);
    if (whole) return planLayer(whole, given.theme, context);
    const { model, layer, feature } = parseFeatureAddress(words, given.model, configuration);
    const { parameters, options } = chosen(model, given.theme, configuration.settings);
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
  theme: 'dark' | 'light' | undefined,
  { configuration, jobs }: CommandContext,
): Plan {
  const { parameters, options } = chosen(model, theme, configuration.settings);
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

/** What the question is asked with, and the options of a line that asks it again. */
function chosen(
  model: CatalogueModel,
  theme: 'dark' | 'light' | undefined,
  settings: Settings,
): { parameters: KindParameters; options: string[] } {
  const defaults = defaultsOf(model, settings);
  const parameters = { theme: theme ?? defaults.theme, trim: defaults.trim };
  return {
    parameters,
    options: [
      ...(model.id === settings.model ? [] : [`model=${model.id}`]),
      ...(parameters.theme === defaults.theme ? [] : [`theme=${parameters.theme}`]),
    ],
  };
}
