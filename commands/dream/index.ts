import { defaultsOf } from '../../src/configuration/derived.js';
import type { DreamRequest } from '../../src/core/index.js';
import { MODEL, PARAMETERS } from '../feature/index.js';
import { parseFeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { dreamLine } from '../line/dreamLine.js';
import { numberOption, parseOptions } from '../line/options.js';

const { weights, prompt, theme } = PARAMETERS;
/** Smaller budgets are spent before the search begins. */
const SMALLEST_BUDGET = 1000;

const seed = numberOption('seed', 'what chance begins with', [0, 1e9], { integer: true });
const length = numberOption('length', 'longest text in tokens', [2, 48], { integer: true });
/** The budget within what an operator allows. */
export const budgetUpTo = (most: number) =>
  numberOption('budget', 'tokens that the search may read', [SMALLEST_BUDGET, most], { integer: true });

/** `/dream`: text that activates a feature and still reads as language. */
export const dream: Command = {
  name: 'dream',
  summary: 'text that activates a feature most and still reads as language',
  usage: 'dream <layer> <feature> [key=value ...]',
  examples: ['dream 10 777', 'dream 10 777 seed=2', 'dream L10 F777 length=12 theme=light'],
  options: [MODEL, weights, seed, length, budgetUpTo(Number.POSITIVE_INFINITY), prompt, theme],
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { model, layer, feature, parameters } = readQuestion(request, context);
    const { settings } = context.configuration;
    const question: DreamRequest = { model: model.id, layer, feature, parameters };
    return {
      title: `${model.id} · layer ${layer} · feature ${feature} · dreamt text`,
      line: dreamLine(question, model, settings),
      scope: 'public',
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
function readQuestion({ words, values }: CommandRequest, { configuration }: CommandContext) {
  const { settings } = configuration;
  const budget = budgetUpTo(settings.limits.dreamTokens);
  const parsed = parseOptions(values, [MODEL, weights, seed, length, budget, prompt, theme]);
  const { model, ...given } = parsed as { model?: string } & Partial<DreamRequest['parameters']>;
  const address = parseFeatureAddress(words, model, configuration);
  const defaults = defaultsOf(address.model, settings);
  const parameters: DreamRequest['parameters'] = {
    weights: defaults.weights,
    prompt: defaults.prompt,
    trim: defaults.trim,
    theme: defaults.theme,
    ...settings.dream,
    ...given,
  };
  return { ...address, parameters };
}
