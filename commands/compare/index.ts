import { defaultsFor, defaultsOf } from '../../src/configuration/derived.js';
import { type ComparedVector, type CompareRequest, InputError } from '../../src/core/index.js';
import type { FeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions, ruledOption, withinLimits } from '../line/options.js';
import { parameterOptions } from '../line/parameters.js';
import { parseComparedFeatures } from './features.js';

const WITH = ruledOption('with', 'another feature instead of the other vector', {
  kind: 'text',
  expected: 'a feature of the same model, as 12/301',
});
const OPTIONS = [WITH, ...parameterOptions('compare')];

/** `/compare`: the encoder and the decoder of a feature side by side, or two features. */
export const compare: Command = {
  name: 'compare',
  summary: 'how encoder and decoder of a feature differ, or two features',
  usage: 'compare <layer> <feature> [<layer> <feature>] [key=value ...]',
  examples: ['compare 10 777', 'compare 10 777 scale=auto', 'compare 10 777 6 301 weights=decoder'],
  options: OPTIONS,
  asks: 'compare',
  slash: true,
  heedsSettings: true,

  plan(request, context) {
    const { question, model, features, line } = readQuestion(request, context);
    const { settings } = context.configuration;
    const names = features.map(({ layer, feature }) => `layer ${layer} · feature ${feature}`);
    return {
      title: `${model.id} · ${names.join(' and ')}${features.length === 1 ? ' · encoder and decoder' : ''}`,
      line,
      scope: 'public',
      admit: (asker) => context.jobs.check('compare', question, asker),
      async run(control) {
        const labelled = features.map(async ({ layer, feature }) => ({
          layer,
          feature,
          evidence: await context.evidence?.of(model, layer, feature),
        }));
        const [report, { compareReply }] = await Promise.all([
          context.jobs.ask('compare', question, model, control),
          import('./reply.js'),
        ]);
        const pictures = picturesFor(control, context.jobs);
        return compareReply(report, await Promise.all(labelled), model, settings, line, pictures);
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion(request: CommandRequest, { configuration }: CommandContext) {
  const { words, values, room } = request;
  const { settings } = configuration;
  const {
    model: named,
    with: second,
    weights: wanted,
    ...given
  } = parseOptions(request, withinLimits(OPTIONS, settings.limits));
  const features = parseComparedFeatures(words, second, named, configuration);
  const [{ model }, other] = features;
  if (!other && values.has('weights'))
    throw new InputError(
      'weights= chooses the vector when two features are compared; one feature is compared encoder against decoder: leave it out.',
    );
  const { weights } = defaultsFor('compare', model, settings);
  const question: CompareRequest = {
    model: model.id,
    sides: sidesOf(features, wanted ?? weights),
    parameters: { ...defaultsOf(model, settings, 'compare'), ...given },
  };
  const { layer, feature } = features[0];
  const parameters = { ...given, ...(other && wanted && { weights: wanted }) };
  const asked = { layer, feature, parameters, other };
  return { question, model, features, line: questionLine('compare', asked, model, settings, room) };
}

/** Both vectors of one feature, or the same vector of two. */
function sidesOf(
  [first, second]: readonly [FeatureAddress, FeatureAddress?],
  weights: ComparedVector['weights'],
): CompareRequest['sides'] {
  const vector = ({ layer, feature }: FeatureAddress, of: ComparedVector['weights']) => ({
    layer,
    feature,
    weights: of,
  });
  return second
    ? [vector(first, weights), vector(second, weights)]
    : [vector(first, 'encoder'), vector(first, 'decoder')];
}
