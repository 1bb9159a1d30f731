import { defaultsOf } from '../src/config.js';
import type { KindRequest } from '../src/core/index.js';
import type { Command } from './command.js';
import { parseFeatureAddress } from './featureAddress.js';
import { kindReply } from './kindReply.js';
import { choiceOption, parseOptions, textOption } from './options.js';

const MODEL = textOption(
  'model',
  'which model and SAE release',
  'a model of the catalogue',
  (text) => text !== '',
);
const THEME = choiceOption('theme', 'colours of the picture', ['dark', 'light']);

/** `/kind`: what a feature does to the next token, and whether one token explains it. */
export const kind: Command = {
  name: 'kind',
  summary: 'what kind of feature it is: the tokens it promotes and suppresses',
  usage: 'kind <layer> <feature> [model=...] [theme=light]',
  examples: ['kind 10 777', 'kind L10 F777 theme=light', 'kind gloss-12l/10-res/777', 'kind 10 random'],
  options: [MODEL, THEME],
  slash: true,

  plan({ words, values }, { configuration, jobs }) {
    const { settings } = configuration;
    const given = parseOptions(values, [MODEL, THEME]) as { model?: string; theme?: 'dark' | 'light' };
    const { model, layer, feature } = parseFeatureAddress(words, given.model, configuration);
    const defaults = defaultsOf(model, settings);
    const parameters = { theme: given.theme ?? defaults.theme, trim: defaults.trim };
    const question: KindRequest = { model: model.id, layer, feature, parameters };
    const options = [
      ...(model.id === settings.model ? [] : [`model=${model.id}`]),
      ...(parameters.theme === defaults.theme ? [] : [`theme=${parameters.theme}`]),
    ];
    return {
      title: `${model.id} · layer ${layer} · feature ${feature} · kind`,
      line: ['kind', layer, feature, ...options].join(' '),
      scope: 'public',
      admit: (asker) => jobs.check('kind', question, asker),
      async run(control) {
        const report = await jobs.ask('kind', question, model, control);
        return kindReply(report, options, control.pictures === false ? undefined : jobs);
      },
    };
  },
};
