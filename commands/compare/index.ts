import { defaultsOf } from '../../src/configuration/derived.js';
import { type ComparedVector, type CompareRequest, InputError } from '../../src/core/index.js';
import { MODEL, nodesWithin, PARAMETERS } from '../feature/index.js';
import type { FeatureAddress } from '../line/address.js';
import { type Command, type CommandContext, type CommandRequest, picturesFor } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { parseOptions, textOption } from '../line/options.js';
import { parseComparedFeatures } from './features.js';

const WITH = textOption(
  'with',
  'another feature instead of the other vector',
  'a feature of the same model, as 12/301',
  (text) => text.trim() !== '',
);
const WEIGHTS = { ...PARAMETERS.weights, meaning: 'which vector of two features' };
const { scale, top, cutoff, nodes, tokens, prune, theme } = PARAMETERS;
const SCALE = { ...scale, meaning: 'distance of each ghost from the centroid; best: each its own' };
const OPTIONS = {
  model: MODEL,
  with: WITH,
  weights: WEIGHTS,
  scale: SCALE,
  top,
  cutoff,
  nodes,
  tokens,
  prune,
  theme,
};
/** Encoder and decoder do not speak at the same scale. */
const DEFAULTS = { scale: 'best' } as const;

/** What a command line may give. */
type Given = Partial<CompareRequest['parameters']> & {
  model?: string;
  with?: string;
  weights?: ComparedVector['weights'];
};

/** `/compare`: the encoder and the decoder of a feature side by side, or two features. */
export const compare: Command = {
  name: 'compare',
  summary: 'how encoder and decoder of a feature differ, or two features',
  usage: 'compare <layer> <feature> [<layer> <feature>] [key=value ...]',
  examples: ['compare 10 777', 'compare 10 777 scale=auto', 'compare 10 777 6 301 weights=decoder'],
  options: Object.values(OPTIONS),
  defaults: DEFAULTS,
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
        const [report, { compareReply }] = await Promise.all([
          context.jobs.ask('compare', question, model, control),
          import('./reply.js'),
        ]);
        const pictures = picturesFor(control, context.jobs);
        return compareReply(report, model, settings, line, pictures);
      },
    };
  },
};

/** Checks everything that can be checked before any work is done. */
function readQuestion({ words, values }: CommandRequest, { configuration }: CommandContext) {
  const { settings } = configuration;
  const options = { ...OPTIONS, nodes: nodesWithin(settings.limits.nodes) };
  const parsed = parseOptions(values, Object.values(options)) as Given;
  const { model: named, with: second, weights: wanted, ...given } = parsed;
  const features = parseComparedFeatures(words, second, named, configuration);
  const [{ model }, other] = features;
  if (!other && wanted !== undefined)
    throw new InputError(
      'weights= chooses the vector when two features are compared; one feature is compared encoder against decoder: leave it out.',
    );
  const defaults = { ...defaultsOf(model, settings), ...DEFAULTS };
  const { weights, ...rest } = defaults;
  const question: CompareRequest = {
    model: model.id,
    sides: sidesOf(features, wanted ?? weights),
    parameters: { ...rest, ...given },
  };
  const { layer, feature } = features[0];
  const parameters = { ...given, ...(wanted && { weights: wanted }) };
  const asked = { layer, feature, parameters, ...(other && { other }) };
  return { question, model, features, line: questionLine('compare', asked, model, settings, defaults) };
}

/** Both vectors of one feature, or the same vector of two. */
function sidesOf(
  [one, other]: readonly [FeatureAddress, FeatureAddress?],
  weights: ComparedVector['weights'],
): CompareRequest['sides'] {
  const vector = ({ layer, feature }: FeatureAddress, of: ComparedVector['weights']) => ({
    layer,
    feature,
    weights: of,
  });
  return other
    ? [vector(one, weights), vector(other, weights)]
    : [vector(one, 'encoder'), vector(one, 'decoder')];
}
