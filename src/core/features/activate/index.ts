import type { FeatureSource, RunningModel } from '../../model/model.js';
import { requireSameWidth } from '../../model/requirements.js';
import {
  type ActivatedText,
  type ActivateParameters,
  type ActivateReport,
  MOST_TEXTS,
  type Peak,
  type ReadText,
  type StrongestReport,
  type StrongFeature,
} from '../../report/activate.js';
import { InputError } from '../../report/errors.js';
import { encodeTexts } from '../activation/activations.js';

/** How active is a feature on texts? */
export interface ActivateRequest {
  model: string;
  layer: number;
  feature: number;
  texts: string[];
  parameters: ActivateParameters;
}

/** Which features of a layer are most active on texts? */
export type StrongestRequest = Omit<ActivateRequest, 'feature'>;

/** Most tokens of a text, where the model's context is longer: attention takes memory with the square of it. */
const MOST_TOKENS = 1024;
/** Features that are listed. */
const LISTED = 10;

/** Awaited with the share of the texts that was read. */
type OnShare = (share: number) => Promise<void>;

type Model = Pick<RunningModel, 'id' | 'dtype' | 'language' | 'tokenizer'>;

/** Texts as token ids with BOS, and as they are reported. */
interface Read {
  ids: number[][];
  tokenised: ReadText[];
  /** Index of the first token that counts: 0 with BOS, 1 without. */
  first: number;
}

/**
 * How active one feature is on every token of some texts, which go through the model together and do not see each
 * other.
 *
 * @param load milliseconds that loading the model took for this question
 * @param onShare awaited after every text; throwing stops the work
 * @throws {InputError} when the question does not fit the model, or there is no text
 */
export async function answerActivate(
  model: Model,
  source: FeatureSource,
  { layer, feature, texts, parameters }: ActivateRequest,
  load: number,
  onShare: OnShare = async () => {},
): Promise<ActivateReport> {
  const started = performance.now();
  requireSameWidth(source, model.language);
  requireFeature(source, feature);
  const { ids, tokenised, first } = readTexts(model, texts, parameters);
  const activated: ActivatedText[] = [];
  for await (const { text, activations: all } of encodeTexts(model, source, ids)) {
    const activations = along(feature, all, ids[text]!.length, source.features, first);
    activated.push({ ...tokenised[text]!, activations, peak: peakOf(activations) });
    await onShare(activated.length / ids.length);
  }
  const encode = performance.now() - started;
  const { release, hook, parity } = source;
  return {
    schema: 'ghosttree/activate@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, feature, parity },
    parameters,
    texts: activated,
    max: Math.max(0, ...activated.map(({ peak }) => peak?.activation ?? 0)),
    timing: { load, encode, total: load + encode },
  };
}

/**
 * The features of a layer that are most active on some texts.
 *
 * @param load milliseconds that loading the model took for this question
 * @param onShare awaited after every text; throwing stops the work
 * @throws {InputError} when the question does not fit the model, or there is no text
 */
export async function answerStrongest(
  model: Model,
  source: FeatureSource,
  { layer, texts, parameters }: StrongestRequest,
  load: number,
  onShare: OnShare = async () => {},
): Promise<StrongestReport> {
  const started = performance.now();
  requireSameWidth(source, model.language);
  const { release, hook, parity, features } = source;
  const { ids, tokenised, first } = readTexts(model, texts, parameters);
  const best = new Map<number, StrongFeature>();
  for await (const { text, activations } of encodeTexts(model, source, ids)) {
    const length = ids[text]!.length;
    const peaks = peaksOf(activations, length, features, first);
    for (const [feature, { activation, position }] of peaks) {
      if (activation <= (best.get(feature)?.activation ?? 0)) continue;
      const alongText = along(feature, activations, length, features, first);
      best.set(feature, { feature, text, position, activation, activations: alongText });
    }
    await onShare((text + 1) / ids.length);
  }
  const ranked = [...best.values()].sort((a, b) => b.activation - a.activation || a.feature - b.feature);
  const encode = performance.now() - started;
  return {
    schema: 'ghosttree/strongest@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, features, parity },
    parameters,
    texts: tokenised,
    active: ranked.length,
    strongest: ranked.slice(0, LISTED),
    timing: { load, encode, total: load + encode },
  };
}

/** Texts in tokens, each cut off where reading ends. */
function readTexts(
  { language, tokenizer }: Model,
  texts: readonly string[],
  { bos }: ActivateParameters,
): Read {
  if (texts.length === 0 || texts.some((text) => text === ''))
    throw new InputError('There is no text: expected one in quotes, as in "In 1994 the ship sailed".');
  if (texts.length > MOST_TEXTS)
    throw new InputError(
      `${texts.length} texts are too many for one answer: expected at most ${MOST_TEXTS}.`,
    );
  const longest = Math.min(language.contextLength, MOST_TOKENS);
  const first = bos ? 0 : 1;
  const encoded = texts.map((text) => [tokenizer.bos, ...tokenizer.encode(text)]);
  const ids = encoded.map((tokens) => tokens.slice(0, longest));
  const tokenised = texts.map((text, i) => ({
    text,
    tokens: ids[i]!.slice(first).map((tokenId) => ({ tokenId, token: tokenizer.text(tokenId) })),
    unread: encoded[i]!.length - ids[i]!.length,
  }));
  return { ids, tokenised, first };
}

/** @throws {InputError} when there is no such feature */
function requireFeature({ hook, features }: FeatureSource, feature: number): void {
  if (Number.isInteger(feature) && feature >= 0 && feature < features) return;
  throw new InputError(`Feature ${feature} does not exist: ${hook} has features 0 to ${features - 1}.`);
}

/** One feature's activations from the first position that counts on. */
function along(feature: number, activations: Float32Array, length: number, features: number, first: number) {
  return Array.from({ length: length - first }, (_, i) => activations[(first + i) * features + feature]!);
}

/** The first of the largest activations, null where all are 0. */
function peakOf(activations: readonly number[]): Peak | null {
  let peak: Peak | null = null;
  activations.forEach((activation, position) => {
    if (activation > (peak?.activation ?? 0)) peak = { position, activation };
  });
  return peak;
}

/**
 * Where each feature that is active is most active.
 *
 * @param activations [length, features]
 * @param first position that counts first; reported positions begin there
 */
function peaksOf(
  activations: Float32Array,
  length: number,
  features: number,
  first: number,
): Map<number, Peak> {
  const peaks = new Map<number, Peak>();
  for (let at = first; at < length; at++)
    for (let feature = 0; feature < features; feature++) {
      const activation = activations[at * features + feature]!;
      if (activation > 0 && activation > (peaks.get(feature)?.activation ?? 0))
        peaks.set(feature, { position: at - first, activation });
    }
  return peaks;
}
