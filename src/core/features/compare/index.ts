import type { FeatureLimits, FeatureSource, RunningModel } from '../../model/model.js';
import { requireReadable, requireSameWidth } from '../../model/requirements.js';
import type { ComparedSide, ComparedVector, CompareParameters, CompareReport } from '../../report/compare.js';
import type { FeatureReport, SpokenDefinition } from '../../report/feature.js';
import { vectorOf } from '../activation/vectorOf.js';
import { answerFeature, type FeatureProgress } from '../feature/index.js';
import { placeOf } from '../ghost/place.js';
import { overlapOfLists, withOtherRanks } from '../list/overlap.js';
import { placedSettings } from '../speak/choose.js';
import { type PlacedSetting, speak } from '../speak/index.js';
import { compareTrees, leadingDefinition } from '../tree/overlap.js';

/** A question: what two vectors of a model say, and what both of them say. */
export interface CompareRequest {
  model: string;
  sides: [ComparedVector, ComparedVector];
  parameters: CompareParameters;
}

/** How far an answer about two vectors is: which of them is worked on, and how far that is. */
export type CompareProgress = FeatureProgress & { part: { number: number; of: number } };

/**
 * Answers what two vectors have in common, and what each says on its own.
 *
 * @param sources the SAE of each side
 * @param load milliseconds that loading took for this question
 * @param onProgress called after every batch; throwing stops the work
 * @throws {InputError} when the question does not fit the model
 */
export async function answerCompare(
  model: RunningModel,
  sources: readonly [FeatureSource, FeatureSource],
  { model: id, sides, parameters }: CompareRequest,
  limits: FeatureLimits,
  load: number,
  onProgress: (progress: CompareProgress) => void | Promise<void>,
): Promise<CompareReport> {
  const started = performance.now();
  for (const source of sources) requireSameWidth(source, model.language);
  const prompt = requireReadable(model, parameters);
  const vectors = await Promise.all(
    sources.map((source, i) => vectorOf(model, source, sides[i]!.feature, sides[i]!.weights)),
  );
  const parts = [0, 1].map((index) => ({ number: index + 1, of: sides.length }));
  const spoken: SpokenDefinition[][] = [];
  const settings = await settingsOfBoth(model, sources, parameters);
  for (const index of [0, 1] as const) {
    const tried = settings.length > 1 ? settings.map((both) => both[index]) : [];
    const onStep = async (share: number) => onProgress({ stage: 'measuring', share, part: parts[index]! });
    const { feature } = sides[index];
    const question = { ...parameters, prompt };
    spoken.push(await speak(model, sources[index], feature, vectors[index]!, question, tried, onStep));
  }
  const { setting, chosen } = sharedSetting(
    settings.map(([setting]) => setting),
    spoken,
  );
  const answer = async (index: 0 | 1): Promise<FeatureReport> => {
    const { layer, feature, weights } = sides[index];
    const { at, scale } = setting;
    const question = { model: id, layer, feature, parameters: { ...parameters, weights, at, scale } };
    const report = await answerFeature(model, sources[index], question, limits, 0, (progress) =>
      onProgress({ ...progress, part: parts[index]! }),
    );
    return { ...report, ghost: { ...report.ghost, ...(settings.length > 1 && { chosen }) } };
  };
  const first = await answer(0);
  const second = await answer(1);
  const trees = compareTrees(first.tree.root, second.tree.root);
  const ids = ({ tokens }: FeatureReport) => tokens.map(({ tokenId }) => tokenId);
  const compare = performance.now() - started;
  return {
    schema: 'ghosttree/compare@2',
    model: first.model,
    parameters,
    sides: [sideOf(first, second), sideOf(second, first)],
    cosine: cosine(vectors[0]!, vectors[1]!),
    lists: overlapOfLists(ids(first), ids(second)),
    trees,
    timing: { load, compare, total: load + compare },
  };
}

/** The settings that are tried, as each side has them: a learned ghost is one of a hook point. */
async function settingsOfBoth(
  model: RunningModel,
  [first, second]: readonly [FeatureSource, FeatureSource],
  parameters: CompareParameters,
): Promise<[PlacedSetting, PlacedSetting][]> {
  const settings: [PlacedSetting, PlacedSetting][] = [];
  for (const setting of await placedSettings(model, first, parameters)) {
    const { at } = setting;
    const missing = at === 'learned' && !(await model.learnedGhost(second.hook));
    if (missing && parameters.at === 'best') continue;
    settings.push([setting, { ...setting, place: await placeOf(model, second, at) }]);
  }
  return settings;
}

/** The setting at which what both sides say activates both most: of each, as a share of the most at any setting. */
function sharedSetting(
  settings: readonly PlacedSetting[],
  spoken: readonly (readonly SpokenDefinition[])[],
): { setting: PlacedSetting; chosen: 'readBack' | 'fallback' } {
  const shares = settings.map(({ at, scale }) =>
    spoken.reduce((sum, definitions) => {
      const largest = definitions[0]?.activation ?? 0;
      const here = definitions.find((each) => each.at === at && each.scale === scale)?.activation ?? 0;
      return sum + (largest > 0 ? here / largest : 0);
    }, 0),
  );
  const most = Math.max(...shares);
  return { setting: settings[shares.indexOf(most)]!, chosen: most > 0 ? 'readBack' : 'fallback' };
}

function sideOf({ sae, parameters, ghost, tree, tokens }: FeatureReport, other: FeatureReport): ComparedSide {
  const leading = leadingDefinition(tree.root, other.tree);
  return {
    sae,
    weights: parameters.weights,
    at: parameters.at,
    scale: parameters.scale,
    ghost,
    tree,
    tokens: withOtherRanks(tokens, other.tokens),
    ...(leading && { leading }),
  };
}

/** Cosine of two vectors of the same width, neither of them zero; summed in float64. */
export function cosine(vector: Float32Array, other: Float32Array): number {
  let product = 0;
  let squares = 0;
  let otherSquares = 0;
  for (let i = 0; i < vector.length; i++) {
    product += vector[i]! * other[i]!;
    squares += vector[i]! ** 2;
    otherSquares += other[i]! ** 2;
  }
  return product / Math.sqrt(squares * otherSquares);
}
