import type { FeatureLimits, FeatureSource, RunningModel } from '../../model/model.js';
import type { ComparedSide, ComparedVector, CompareParameters, CompareReport } from '../../report/compare.js';
import type { FeatureReport } from '../../report/feature.js';
import { answerFeature, type FeatureProgress } from '../feature/index.js';
import { overlapOfLists, withOtherRanks } from '../list/overlap.js';
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
  const answer = (index: 0 | 1): Promise<FeatureReport> => {
    const { layer, feature, weights } = sides[index];
    const question = { model: id, layer, feature, parameters: { ...parameters, weights } };
    const part = { number: index + 1, of: sides.length };
    return answerFeature(model, sources[index], question, limits, 0, (progress) =>
      onProgress({ ...progress, part }),
    );
  };
  const first = await answer(0);
  const second = await answer(1);
  const vectors = await Promise.all(
    sources.map((source, i) => source.vector(sides[i]!.feature, sides[i]!.weights)),
  );
  const trees = compareTrees(first.tree.root, second.tree.root);
  const ids = ({ tokens }: FeatureReport) => tokens.map(({ tokenId }) => tokenId);
  const compare = performance.now() - started;
  return {
    schema: 'ghosttree/compare@1',
    model: first.model,
    parameters,
    sides: [sideOf(first, second), sideOf(second, first)],
    cosine: cosine(vectors[0]!, vectors[1]!),
    lists: overlapOfLists(ids(first), ids(second)),
    trees,
    timing: { load, compare, total: load + compare },
  };
}

function sideOf({ sae, parameters, ghost, tree, tokens }: FeatureReport, other: FeatureReport): ComparedSide {
  const leading = leadingDefinition(tree.root, other.tree);
  return {
    sae,
    weights: parameters.weights,
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
