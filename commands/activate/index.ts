import { defaultsOf } from '../../src/configuration/derived.js';
import type { CatalogueModel, Configuration } from '../../src/configuration/index.js';
import { type ActivateRequest, InputError, MOST_TEXTS, type StrongestRequest } from '../../src/core/index.js';
import { layersOf, parseFeatureAddress, parseLayer } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { optionWords } from '../line/featureLine.js';
import { parseOptions, ruledOption } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';
import { strongestTitle } from './parts.js';
import { type AddressAndTexts, readTexts, textWords } from './texts.js';

const TEXT = ruledOption('text', 'what is read, where quotes do not do; lines are texts of their own', {
  kind: 'text',
  expected: 'any text',
  verbatim: true,
});
const OPTIONS = [TEXT, ...parameterOptions('activate')];

/** `/activate`: how active a feature is on texts, or which features are. */
export const activate: Command = {
  name: 'activate',
  summary: 'how active a feature is on a text; without one, which are most, in a layer or in all',
  usage: 'activate [layer] [feature] "text" ["text" ...] [key=value ...]',
  examples: [
    'activate 10 777 "In 1994 the ship sailed"',
    'activate 10 777 "to a considerable degree" "to a small degree"',
    'activate 10 "In 1994 the ship sailed"',
    'activate "In 1994 the ship sailed"',
    'activate L10 F777 text="a = b" bos=on',
  ],
  options: OPTIONS,
  asks: 'activate',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { jobs, evidence } = context;
    const { model, layers, words, feature, texts, parameters, options } = readQuestion(request, context);
    const question = { model: model.id, texts, parameters };
    const line = (address: (string | number)[]) =>
      ['activate', ...address, ...textWords(texts), ...options].join(' ');
    if (feature === undefined) {
      const strongest: StrongestRequest = { ...question, layers };
      return {
        title: strongestTitle(model.id, layers),
        line: line(words),
        scope: 'public',
        admit: (asker) => jobs.check('strongest', strongest, asker),
        async run(control) {
          const [report, { strongestReply, withLabels }] = await Promise.all([
            jobs.ask('strongest', strongest, model, control),
            import('./strongestReply.js'),
          ]);
          const labelled = await withLabels(report, model, evidence);
          return strongestReply(labelled, words, options, picturesFor(control, jobs));
        },
      };
    }
    const [layer] = layers;
    const place = `${model.id} · layer ${layer}`;
    const asked: ActivateRequest = { ...question, layer, feature };
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

/**
 * Checks everything that can be checked before any work is done.
 *
 * @returns as `layers` the one that is named, else all
 */
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
  const place = placeOf(address, names, model, configuration);
  const { settings } = configuration;
  const parameters = { ...defaultsOf(place.model, settings, 'activate'), ...given };
  /** What of the options is not the default, as it is typed. */
  const options = optionWords('activate', parameters, place.model, settings, request.room);
  // What names the layers again.
  const words = names === 'layer' ? place.layers : [];
  return { ...place, words, texts, parameters, options };
}

/** Which feature is asked about, or which layers, at least one. */
function placeOf(
  address: string[],
  names: AddressAndTexts['names'],
  modelOption: string | undefined,
  configuration: Configuration,
): { model: CatalogueModel; layers: [number, ...number[]]; feature: number | undefined } {
  if (names === 'feature') {
    const { model, layer, feature } = parseFeatureAddress(address, modelOption, configuration);
    return { model, layers: [layer], feature };
  }
  if (names === 'layer') {
    const { model, layer } = parseLayer(address, modelOption, configuration);
    return { model, layers: [layer], feature: undefined };
  }
  return { ...layersOf(modelOption, configuration), feature: undefined };
}
