import { defaultsOf } from '../../src/configuration/derived.js';
import { type ActivateRequest, InputError, MOST_TEXTS } from '../../src/core/index.js';
import { parseFeatureAddress, parseLayer } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { optionWords } from '../line/featureLine.js';
import { parseOptions, ruledOption } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';
import { readTexts, textWords } from './texts.js';

const TEXT = ruledOption('text', 'what is read, where quotes do not do; lines are texts of their own', {
  kind: 'text',
  expected: 'any text',
  verbatim: true,
});
const OPTIONS = [TEXT, ...parameterOptions('activate')];

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
  asks: 'activate',
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
        const [report, evidenceOfFeature, { activateReply }] = await Promise.all([
          jobs.ask('activate', asked, model, control),
          evidence?.of(model, layer, feature),
          import('./reply.js'),
        ]);
        const pictures = picturesFor(control, jobs);
        return activateReply(report, evidenceOfFeature, options, pictures);
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const { model, text, ...given } = parseOptions(request, OPTIONS);
  const { address, names, texts } = readTexts(request, text);
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
      ? parseFeatureAddress(address, model, configuration)
      : { ...parseLayer(address, model, configuration), feature: undefined };
  const { settings } = configuration;
  const parameters = { ...defaultsOf(place.model, settings, 'activate'), ...given };
  /** What of the options is not the default, as it is typed. */
  const options = optionWords('activate', parameters, place.model, settings, request.room);
  return { ...place, texts, parameters, options };
}
