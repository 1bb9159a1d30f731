import { defaultsOf } from '../../src/configuration/derived.js';
import type { Defaults } from '../../src/configuration/index.js';
import { type FeatureRequest, requireOneStrength } from '../../src/core/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { featureLine } from '../line/featureLine.js';
import {
  choiceOption,
  numberOption,
  type Option,
  parseOptions,
  switchOption,
  textOption,
} from '../line/options.js';

const PROMPT_SLOT = '{ghost}';

export const MODEL = textOption(
  'model',
  'which model and SAE release',
  'a model of the catalogue',
  (text) => text !== '',
);

/** Options of the methods themselves; docs/methods.md has the formulas. */
export const PARAMETERS = {
  weights: choiceOption('weights', 'which vector of the feature', ['encoder', 'decoder']),
  scale: numberOption('scale', 'distance of the ghost from the centroid', [0.01, 100], {
    words: ['auto', 'best'],
  }),
  centroid: switchOption('centroid', 'offset by the mean token embedding'),
  pca: numberOption('pca', 'share of the first principal component', [-1, 1]),
  m: numberOption('m', 'exponent of the token list', [0.1, 5]),
  top: numberOption('top', 'children looked at per node', [1, 20], { integer: true }),
  cutoff: numberOption('cutoff', 'smallest cumulative probability grown', [1e-8, 0.1]),
  trim: numberOption('trim', 'smallest cumulative probability drawn', [0, 1]),
  depth: numberOption('depth', 'longest definition in tokens', [1, 40], { integer: true }),
  nodes: numberOption('nodes', 'node budget', [1, Number.POSITIVE_INFINITY], { integer: true }),
  tokens: numberOption('tokens', 'length of the list', [1, 500], { integer: true }),
  list: choiceOption('list', 'tokens near the ghost, or those that activate the feature', ['near', 'hybrid']),
  prompt: textOption(
    'prompt',
    'base prompt',
    `a text that contains ${PROMPT_SLOT} once`,
    (text) => text.split(PROMPT_SLOT).length === 2,
    { verbatim: true },
  ),
  close: switchOption('close', 'end a branch at the closing quote'),
  prune: choiceOption('prune', 'branches that every ghost has: leave out, grey or show', [
    'on',
    'grey',
    'off',
  ]),
  clamp: numberOption('clamp', 'hold the feature at so many times its maximum', [-100, 100], {
    words: ['off'],
  }),
  steer: numberOption('steer', 'add its decoder vector, so many times its maximum', [-100, 100], {
    words: ['off'],
  }),
  theme: choiceOption('theme', 'colours of the picture', ['dark', 'light']),
} satisfies Record<keyof Defaults, Option>;

/** The node budget within what an operator allows. */
export function nodesWithin(most: number): Option {
  return numberOption('nodes', PARAMETERS.nodes.meaning, [1, most], { integer: true });
}

/** `/feature`: definition tree and token list of one feature. */
export const feature: Command = {
  name: 'feature',
  summary: 'what a feature means: its definition tree and token list',
  usage: 'feature <layer> <feature> [key=value ...]',
  examples: [
    'feature 10 777',
    'feature 10 777 scale=4 weights=decoder',
    'feature L10 F777',
    'feature gloss-12l/10-res/777 theme=light',
    'feature 10 random',
    'feature 10 777 clamp=1',
    `feature 10 777 prompt='The word "${PROMPT_SLOT}" means "'`,
  ],
  options: [MODEL, ...Object.values(PARAMETERS)],
  heedsSettings: true,

  plan(request, context) {
    const { model, layer, feature: index, parameters } = readQuestion(request, context);
    const { settings } = context.configuration;
    const question: FeatureRequest = { model: model.id, layer, feature: index, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${index}`,
      line: featureLine(question, model, settings),
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
function readQuestion({ words, values }: CommandRequest, { configuration }: CommandContext) {
  const { limits } = configuration.settings;
  const options = { ...PARAMETERS, nodes: nodesWithin(limits.nodes) };
  const parsed = parseOptions(values, [MODEL, ...Object.values(options)]);
  const { model: modelOption, ...given } = parsed as { model?: string } & Partial<Defaults>;
  const address = parseFeatureAddress(words, modelOption, configuration);
  const defaults = defaultsOf(address.model, configuration.settings);
  const parameters: FeatureRequest['parameters'] = { ...defaults, ...given };
  requireOneStrength(parameters);
  return { ...address, parameters };
}
