import { defaultsOf } from '../../src/configuration/derived.js';
import { type ActivateRequest, InputError, MOST_TEXTS } from '../../src/core/index.js';
import { MODEL, PARAMETERS } from '../feature/index.js';
import { parseFeatureAddress, parseLayer } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { parseOptions, switchOption, textOption } from '../line/options.js';
import { readTexts, textWords } from './texts.js';

const TEXT = textOption(
  'text',
  'what is read, where quotes do not do; lines are texts of their own',
  'any text',
  (text) => text !== '',
  { verbatim: true },
);
const BOS = switchOption('bos', 'count the token that begins every sequence (off)');
const OPTIONS = [MODEL, TEXT, BOS, PARAMETERS.theme];

/** `/activate`: how active a feature is on texts, or which features are. */
export const activate: Command = {
  name: 'activate',
  summary: 'how active a feature is on a text; without a feature, which ones are most',
  usage: 'activate [layer] [feature] "text" ["text" ...] [key=value ...]',
  examples: [
    'activate 10 777 "In 1994 the ship sailed"',
    'activate 10 777 "to a considerable degree" "to a small degree"',
    'activate 10 "In 1994 the ship sailed"',
    'activate L10 F777 text="a = b" bos=on',
  ],
  options: OPTIONS,
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { jobs, evidence } = context;
    const { model, layer, feature, texts, parameters, options } = readQuestion(request, context);
    const question = { model: model.id, layer, texts, parameters };
    const place = `${model.id} · layer ${layer}`;
    const line = (words: (string | number)[]) =>
      ['activate', ...words, ...textWords(texts), ...options].join(' ');
    if (feature === undefined)
      return {
        title: `${place} · strongest features`,
        line: line([layer]),
        scope: 'public',
        admit: (asker) => jobs.check('strongest', question, asker),
        async run(control) {
          const [report, { strongestReply }] = await Promise.all([
            jobs.ask('strongest', question, model, control),
            import('./strongestReply.js'),
          ]);
          return strongestReply(report, options, picturesFor(control, jobs));
        },
      };
    const asked: ActivateRequest = { ...question, feature };
    return {
      title: `${place} · feature ${feature} · on a text`,
      line: line([layer, feature]),
      scope: 'public',
      admit: (asker) => jobs.check('activate', asked, asker),
      async run(control) {
        const [report, known, { activateReply }] = await Promise.all([
          jobs.ask('activate', asked, model, control),
          evidence?.of(model, layer, feature),
          import('./reply.js'),
        ]);
        const pictures = picturesFor(control, jobs);
        return activateReply(report, known, options, pictures);
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const given = parseOptions(request.values, OPTIONS) as {
    model?: string;
    text?: string;
    bos?: boolean;
    theme?: 'dark' | 'light';
  };
  const { address, names, texts } = readTexts(request, given.text);
  if (texts.length === 0)
    throw new InputError(
      `There is no text: expected one in quotes behind the feature, as in: ${activate.examples[0]}`,
    );
  if (texts.length > MOST_TEXTS)
    throw new InputError(
      `${texts.length} texts are too many for one answer: expected at most ${MOST_TEXTS}.`,
    );
  const place =
    names === 'feature'
      ? parseFeatureAddress(address, given.model, configuration)
      : { ...parseLayer(address, given.model, configuration), feature: undefined };
  const { settings } = configuration;
  const { theme, trim } = defaultsOf(place.model, settings);
  const parameters = { bos: given.bos ?? false, theme: given.theme ?? theme, trim };
  /** What of the options is not the default, as it is typed. */
  const options = [
    ...(place.model.id === settings.model ? [] : [`model=${place.model.id}`]),
    ...(parameters.bos ? ['bos=on'] : []),
    ...(parameters.theme === theme ? [] : [`theme=${parameters.theme}`]),
  ];
  return { ...place, texts, parameters, options };
}
