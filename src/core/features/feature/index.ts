import type {
  FeatureLimits,
  FeatureSource,
  PromptTokens,
  RunningModel,
  Tokenizer,
} from '../../model/model.js';
import type { Preparing } from '../../model/preparing.js';
import { requireReadable, requireSameWidth } from '../../model/requirements.js';
import type {
  FeatureReport,
  HoldSummary,
  HybridWork,
  ListedToken,
  SpokenDefinition,
  TreeNode,
} from '../../report/feature.js';
import type { Asked, FeatureParameters } from '../../report/parameters.js';
import { holdOf, whileHeld } from '../activation/hold.js';
import { firingVector, vectorOf } from '../activation/vectorOf.js';
import { makeGhost } from '../ghost/ghost.js';
import { inputPlace, speakingAt } from '../ghost/place.js';
import { listHybrid } from '../hybrid/list.js';
import { lensTokens, randomEnds } from '../list/lensTokens.js';
import { listTokens } from '../list/near.js';
import { nearestFeatures } from '../near/nearest.js';
import { chooseSetting, placedSettings, type SettingQuestion } from '../speak/choose.js';
import { speak } from '../speak/index.js';
import { firingSetting } from '../speak/settings.js';
import { radiusOf } from '../tree/baseline.js';
import { languageOf, strongestPaths } from '../tree/language.js';
import { type Pruning, pruneBy } from '../tree/pruning.js';
import { growTree, type TreeProgress } from '../tree/tree.js';

/** Most definitions of what the model holds where a feature fires. */
const MOST_FIRING = 3;
/** Ends of the logit lens: enough that a few words are left when forms of one are merged. */
const LENS_TOKENS = 24;
/** Features that are near, and that are opposite. */
const NEAR_FEATURES = 6;
/** Decoder vectors of one SAE that are read for an answer that is not about its neighbours, in numbers: 1 GB. */
const MOST_DECODER_NUMBERS = 2.5e8;
/** Most definitions of a report, over all settings that were tried. */
const MOST_DEFINITIONS = 12;

/** A question: which feature, and how to look at it. */
export interface FeatureRequest {
  model: string;
  layer: number;
  feature: number;
  parameters: Asked<'feature'>;
}

/** What is known of a feature before its tree has grown. */
export type SaidSoFar = Pick<
  FeatureReport,
  'definitions' | 'firing' | 'calibrated' | 'thresholds' | 'logits' | 'near'
>;

/**
 * How far an answer about one feature is: something is prepared, scales or its maximum are measured, its definitions
 * are known, tokens are tried, the tree grows.
 */
export type FeatureProgress =
  | Preparing
  | ({ stage: 'said' } & SaidSoFar)
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
  const vector = await vectorOf(model, source, feature, parameters.weights);
  const question = { ...parameters, prompt };
  const { definitions, setting, chosen, calibrated, thresholds } = await chooseSetting(
    model,
    source,
    feature,
    vector,
    question,
    async (share) => onProgress({ stage: 'measuring', share }),
  );
  const listTruth =
    parameters.list === 'near' ? (await model.calibration(source.hook))?.lists?.near : undefined;
  const firing = await firingDefinitions(model, source, feature, question, { definitions, thresholds });
  const said: SaidSoFar = {
    definitions: definitions.slice(0, MOST_DEFINITIONS),
    ...(firing && { firing }),
    calibrated,
    thresholds,
    logits: {
      ...(await lensTokens(model, source, feature, LENS_TOKENS)),
      random: await randomEnds(model, source),
    },
    ...(await nearOf(source, layer, feature)),
  };
  await onProgress({ stage: 'said', ...said });
  const spoken = performance.now();
  const { place, at, scale } = setting;
  const { ghost, summary } = await makeGhost(vector, place, { ...parameters, scale });
  const pruning = await pruningOf(model, source, { ...parameters, at, scale }, limits, onProgress);
  const speaker = speakingAt(language, place);
  const hold = await holdOf(model, source, feature, parameters, { prompt, ghost, speaker }, async (share) =>
    onProgress({ stage: 'measuring', share }),
  );
  const started = performance.now();
  const { tokens, hybrid } = await tokenList(
    model,
    source,
    feature,
    { ...parameters, layer, prompt, vector, scale: place.at === 'input' ? scale : 1 },
    limits,
    onProgress,
  );
  const listed = performance.now();
  const { top, cutoff, depth, nodes, prune } = parameters;
  const grow = (hide: boolean) => {
    const outOfTime = () => performance.now() - listed > limits.treeMilliseconds;
    const options = { top, cutoff, depth, nodes, batch: limits.batch, pruning, hide, outOfTime };
    const growing = hold ? whileHeld(speaker, hold.hold) : speaker;
    return growTree(growing, prompt, ghost, options, (progress) =>
      onProgress({ stage: 'growing', ...progress }),
    );
  };
  let tree = await grow(prune === 'on');
  // Generic branches, marked as such, are a better answer than nothing.
  if (tree.pruned?.hidden && tree.nodes === 0 && tree.pruned.nodes > 0) tree = await grow(false);
  for (const candidate of tree.candidates) candidate.token = tokenizer.text(candidate.tokenId);
  nameTokens(tree.root, tokenizer);
  const perplexity = hold && (await perplexities(model, source, prompt, tree.root, definitions));
  const finished = performance.now();
  return {
    schema: 'ghosttree/feature@2',
    model: { id: model.id, dtype: model.dtype },
    sae: { release: source.release, hook: source.hook, layer, feature, parity: source.parity },
    parameters: { ...parameters, at, scale },
    ghost: { ...summary, ...(chosen && { chosen }) },
    ...said,
    ...(listTruth && { listTruth }),
    ...(hold && { held: { ...hold.summary, ...(perplexity && { perplexity }) } }),
    tree,
    tokens,
    promptTokens: prompt.ids,
    ...(hybrid && { hybrid }),
    timing: {
      load: load + started - spoken,
      speak: spoken - asked,
      tokens: listed - started,
      tree: finished - listed,
      total: load + finished - asked,
    },
  };
}

/** The features of its SAE by their decoder vectors, where those are read in a moment. */
async function nearOf(
  source: FeatureSource,
  layer: number,
  feature: number,
): Promise<Pick<FeatureReport, 'near'>> {
  if (source.features * source.inputSize > MOST_DECODER_NUMBERS) return {};
  const direction = await source.vector(feature, 'decoder');
  return {
    near: await nearestFeatures(source, layer, direction, { layer, feature }, NEAR_FEATURES),
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
  }: Pick<FeatureParameters, 'list' | 'm' | 'tokens' | 'scale' | 'centroid' | 'pca'> & {
    layer: number;
    prompt: PromptTokens;
    vector: Float32Array;
  },
  limits: FeatureLimits,
  onProgress: (progress: FeatureProgress) => void | Promise<void>,
): Promise<{ tokens: ListedToken[]; hybrid?: HybridWork }> {
  const embeddings = await model.embeddings(source.centered);
  // Nearness is one of embeddings, wherever the ghost of the tree is put.
  const { ghost } = await makeGhost(asked.vector, inputPlace(embeddings), asked);
  if (list === 'near')
    return { tokens: await listTokens(ghost, embeddings, model.tokenizer, asked.m, asked.tokens) };
  const firings = await model.firings(source, limits, (share) =>
    onProgress({ stage: 'preparing', what: 'firings', layer, share }),
  );
  const started = performance.now();
  const { tokens, work } = await listHybrid(
    model,
    source,
    feature,
    { ...asked, ghost, firings, contexts: await source.knownExamples(feature) },
    () => performance.now() - started > limits.listMilliseconds,
    (share) => onProgress({ stage: 'ranking', share }),
  );
  return { tokens, hybrid: work };
}

/** What recognises the generic branches of this tree; undefined where nobody asked. */
async function pruningOf(
  model: RunningModel,
  { centered, hook }: FeatureSource,
  { prompt, close, prune, at, scale }: FeatureParameters,
  limits: FeatureLimits,
  onProgress: (progress: FeatureProgress) => void | Promise<void>,
): Promise<Pruning | undefined> {
  if (prune === 'off') return undefined;
  const onShare = (share: number) => onProgress({ stage: 'preparing', what: 'baseline', share });
  const question = { prompt, close, centered, hook, at, radius: radiusOf(scale) };
  return pruneBy(await model.baseline(question, limits, onShare));
}

/**
 * What the model says of what it holds where the feature fires, where what it says of the feature's own vector does not
 * read back, and texts are known in which it fires.
 */
async function firingDefinitions(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  question: SettingQuestion & Pick<FeatureParameters, 'weights'>,
  { definitions: [leading], thresholds }: Pick<FeatureReport, 'definitions' | 'thresholds'>,
): Promise<SpokenDefinition[] | undefined> {
  const readBack = leading?.readBack ?? 0;
  const { readsBack = Number.POSITIVE_INFINITY } = thresholds;
  if (question.weights === 'firing' || readBack >= readsBack) return undefined;
  const examples = await source.knownExamples(feature);
  const vector = examples.length > 0 && (await firingVector(model, source, feature, examples));
  if (!vector) return undefined;
  const setting = firingSetting(await placedSettings(model, source, question));
  return (await speak(model, source, feature, vector, question, [setting])).slice(0, MOST_FIRING);
}

/** Of the strongest definitions of a tree that grew while a feature was held, beside what its ghost says unheld. */
async function perplexities(
  { language, tokenizer, embeddings }: RunningModel,
  { centered }: FeatureSource,
  { ids }: PromptTokens,
  root: TreeNode,
  definitions: readonly SpokenDefinition[],
): Promise<HoldSummary['perplexity']> {
  const heldPaths = strongestPaths(root);
  const unheldPaths = definitions
    .map(({ text }) => tokenizer.encode(text))
    .filter(({ length }) => length > 0);
  if (heldPaths.length === 0 || unheldPaths.length === 0) return undefined;
  const { centroid } = await embeddings(centered);
  const of = async (paths: readonly (readonly number[])[]) =>
    2 ** (await languageOf(language, ids, centroid, paths)).bits;
  return { held: await of(heldPaths), unheld: await of(unheldPaths) };
}

/** Fills in the texts of a tree's tokens. */
function nameTokens(root: TreeNode, tokenizer: Tokenizer): void {
  const nodes = [root];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.tokenId !== null) node.token = tokenizer.text(node.tokenId);
    nodes.push(...node.children);
  }
}
