import type {
  FeatureLimits,
  FeatureSource,
  PromptTokens,
  RunningModel,
  Tokenizer,
} from '../../model/model.js';
import type { Preparing } from '../../model/preparing.js';
import { requireReadable, requireSameWidth } from '../../model/requirements.js';
import type { FeatureReport, HybridWork, ListedToken, TreeNode } from '../../report/feature.js';
import type { Asked, FeatureParameters } from '../../report/parameters.js';
import type { ChosenScale } from '../../report/sweep.js';
import { holdOf, whileHeld } from '../activation/hold.js';
import { makeGhost } from '../ghost/ghost.js';
import { listHybrid } from '../hybrid/list.js';
import { listTokens } from '../list/near.js';
import { bestScale, SCALE_RULES } from '../sweep/bestScale.js';
import { readBackScales, type SweepOptions } from '../sweep/scales.js';
import { type Pruning, pruneBy } from '../tree/pruning.js';
import { growTree, type TreeProgress } from '../tree/tree.js';

/** A question: which feature, and how to look at it. */
export interface FeatureRequest {
  model: string;
  layer: number;
  feature: number;
  parameters: Asked<'feature'>;
}

/**
 * How far an answer about one feature is: something is prepared, scales or its maximum are measured, tokens are tried,
 * the tree grows.
 */
export type FeatureProgress =
  | Preparing
  | { stage: 'measuring' | 'ranking'; share: number }
  | ({ stage: 'growing' } & TreeProgress);

/**
 * Answers a question with both methods: the token list and the definition tree of the feature's ghost token.
 *
 * @param load milliseconds that loading the model took for this question; all that is measured before the list is added
 * @param onProgress called after every batch; throwing stops the work
 * @throws {InputError} when the question does not fit the model
 */
export async function answerFeature(
  model: RunningModel,
  source: FeatureSource,
  { feature, layer, parameters }: FeatureRequest,
  limits: FeatureLimits,
  load: number,
  onProgress: (progress: FeatureProgress) => void | Promise<void>,
): Promise<FeatureReport> {
  const asked = performance.now();
  const { tokenizer, language } = model;
  requireSameWidth(source, language);
  const prompt = requireReadable(model, parameters);
  const pruning = await pruningOf(model, source, parameters, limits, onProgress);
  const best =
    parameters.scale === 'best' ? await findScale(model, source, feature, parameters, onProgress) : undefined;
  const vector = await source.vector(feature, parameters.weights);
  const embeddings = await model.embeddings(source.centered);
  const { ghost, scale, summary } = await makeGhost(vector, embeddings, {
    ...parameters,
    scale: best?.scale ?? (parameters.scale as number | 'auto'),
  });
  const hold = await holdOf(model, source, feature, parameters, { prompt, ghost }, async (share) =>
    onProgress({ stage: 'measuring', share }),
  );
  const started = performance.now();
  const speaker = hold ? whileHeld(language, hold.hold) : language;
  const { tokens, hybrid } = await tokenList(
    model,
    source,
    feature,
    { ...parameters, layer, prompt, ghost },
    limits,
    onProgress,
  );
  const listed = performance.now();
  const { top, cutoff, depth, nodes, prune } = parameters;
  const grow = (hide: boolean) => {
    const outOfTime = () => performance.now() - listed > limits.treeMilliseconds;
    const options = { top, cutoff, depth, nodes, batch: limits.batch, pruning, hide, outOfTime };
    return growTree(speaker, prompt, ghost, options, (progress) =>
      onProgress({ stage: 'growing', ...progress }),
    );
  };
  let tree = await grow(prune === 'on');
  // Generic branches, marked as such, are a better answer than nothing.
  if (tree.pruned?.hidden && tree.nodes === 0 && tree.pruned.nodes > 0) tree = await grow(false);
  for (const candidate of tree.candidates) candidate.token = tokenizer.text(candidate.tokenId);
  nameTokens(tree.root, tokenizer);
  const finished = performance.now();
  return {
    schema: 'ghosttree/feature@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release: source.release, hook: source.hook, layer, feature, parity: source.parity },
    parameters: { ...parameters, scale },
    ghost: { ...summary, ...(best && { chosen: { criterion: best.criterion } }) },
    ...(hold && { held: hold.summary }),
    tree,
    tokens,
    ...(hybrid && { hybrid }),
    timing: {
      load: load + started - asked,
      tokens: listed - started,
      tree: finished - listed,
      total: load + finished - asked,
    },
  };
}

/** The token list that was asked for, and what a hybrid one was made from. */
async function tokenList(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  {
    list,
    layer,
    ...asked
  }: Pick<FeatureParameters, 'list' | 'm' | 'tokens'> & {
    layer: number;
    prompt: PromptTokens;
    ghost: Float32Array;
  },
  limits: FeatureLimits,
  onProgress: (progress: FeatureProgress) => void | Promise<void>,
): Promise<{ tokens: ListedToken[]; hybrid?: HybridWork }> {
  const embeddings = await model.embeddings(source.centered);
  if (list === 'near')
    return { tokens: await listTokens(asked.ghost, embeddings, model.tokenizer, asked.m, asked.tokens) };
  const firings = await model.firings(source, limits, (share) =>
    onProgress({ stage: 'preparing', what: 'firings', layer, share }),
  );
  const started = performance.now();
  const { tokens, work } = await listHybrid(
    model,
    source,
    feature,
    { ...asked, firings, contexts: await source.knownExamples(feature) },
    () => performance.now() - started > limits.listMilliseconds,
    (share) => onProgress({ stage: 'ranking', share }),
  );
  return { tokens, hybrid: work };
}

/** What recognises the generic branches of this tree; undefined where nobody asked. */
async function pruningOf(
  model: RunningModel,
  { centered }: FeatureSource,
  { prompt, close, prune }: FeatureRequest['parameters'],
  limits: FeatureLimits,
  onProgress: (progress: FeatureProgress) => void | Promise<void>,
): Promise<Pruning | undefined> {
  if (prune === 'off') return undefined;
  const onShare = (share: number) => onProgress({ stage: 'preparing', what: 'baseline', share });
  return pruneBy(await model.baseline({ prompt, close, centered }, limits, onShare));
}

/** The scale at which the feature speaks best. */
async function findScale(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  parameters: SweepOptions,
  onProgress: (progress: FeatureProgress) => void | Promise<void>,
): Promise<ChosenScale> {
  const points = await readBackScales(model, source, feature, parameters, async (share) =>
    onProgress({ stage: 'measuring', share }),
  );
  return bestScale(points, SCALE_RULES[parameters.weights]);
}

/** Fills in the texts of a tree's tokens. */
function nameTokens(root: TreeNode, tokenizer: Tokenizer): void {
  const nodes = [root];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.tokenId !== null) node.token = tokenizer.text(node.tokenId);
    nodes.push(...node.children);
  }
}
