import type { FeatureActivity, FeatureSource } from '../../model/model.js';
import { requireSameWidth } from '../../model/requirements.js';
import type { Peak, StrongestLayer, StrongestReport, StrongFeature } from '../../report/activate.js';
import { encodeBatch, type ReadBatch, readBatches } from '../activation/activations.js';
import { massiveRows, rowNorms } from '../activation/parity.js';
import { ALWAYS_ON } from '../verdict/index.js';
import type { ActivateRequest } from './index.js';
import { along, type OnShare, type Read, type ReadingModel, readTexts } from './texts.js';

/** Which features of some layers are most active on texts? */
export interface StrongestRequest extends Omit<ActivateRequest, 'layer' | 'feature'> {
  /** One after the other, at least one. */
  layers: number[];
}

/** Opens the SAE of a layer. */
type OpenSource = (layer: number) => Promise<FeatureSource>;

/** Features that are listed, and of those that are always on. */
const LISTED = 10;
const LISTED_ALWAYS_ON = 3;

/**
 * The features of layers that are most active on some texts, for what they are active on elsewhere: by the share of
 * their largest activation in the corpus, where that is known.
 *
 * @param open the SAE of a layer; its time counts as loading
 * @param load milliseconds that loading the model took for this question
 * @param onShare awaited after every text, with the index of the layer; throwing stops the work
 * @throws {InputError} when the question does not fit the model, or there is no text
 */
export async function answerStrongest(
  model: ReadingModel,
  open: OpenSource,
  { layers, texts, parameters }: StrongestRequest,
  load: number,
  onShare: (share: number, index: number) => Promise<void> = async () => {},
): Promise<StrongestReport> {
  const started = performance.now();
  let opening = 0;
  const read = readTexts(model, texts, parameters);
  const answered: StrongestLayer[] = [];
  for (const [index, layer] of layers.entries()) {
    const asked = performance.now();
    const source = await open(layer);
    opening += performance.now() - asked;
    const strongest = await strongestOf(model, source, read, parameters.bos, (share) =>
      onShare(share, index),
    );
    const { release, hook, features, parity } = source;
    answered.push({ sae: { release, hook, layer, features, parity }, ...strongest });
  }
  const total = load + performance.now() - started;
  return {
    schema: 'ghosttree/strongest@2',
    model: { id: model.id, dtype: model.dtype },
    parameters,
    texts: read.tokenised,
    layers: answered,
    timing: { load: load + opening, encode: total - load - opening, total },
  };
}

/** The most active features of one SAE. @param bos whether the tokens that are out of the ordinary count */
async function strongestOf(
  model: ReadingModel,
  source: FeatureSource,
  { ids, first }: Read,
  bos: boolean,
  onShare: OnShare,
): Promise<Omit<StrongestLayer, 'sae'>> {
  requireSameWidth(source, model.language);
  const { features } = source;
  const batches: ReadBatch[] = [];
  for await (const batch of readBatches(model, source, ids)) {
    batches.push(batch);
    await onShare((batch.first + batch.starts.length) / (2 * ids.length));
  }
  // Who counts the beginning counts whatever is out of the ordinary.
  const massive = bos ? [] : massiveTokens(batches, source.inputSize);
  const best = new Map<number, StrongFeature>();
  for (const batch of batches)
    for await (const { text, activations } of encodeBatch(source, batch)) {
      for (const place of massive)
        if (place.text === text) {
          const start = (place.position + first) * features;
          activations.fill(0, start, start + features);
        }
      const length = ids[text]!.length;
      const peaks = peaksOf(activations, length, features, first);
      for (const [feature, { activation, position }] of peaks) {
        if (activation <= (best.get(feature)?.activation ?? 0)) continue;
        const alongText = along(feature, activations, length, features, first);
        best.set(feature, { feature, text, position, activation, activations: alongText });
      }
      await onShare(0.5 + (text + 1) / (2 * ids.length));
    }
  const activities = await source.knownActivities();
  const ranked = [...best.values()]
    .map((strong) => ({ ...strong, ...knownOf(strong, activities.get(strong.feature)) }))
    .sort(
      (a, b) => (b.share ?? -1) - (a.share ?? -1) || b.activation - a.activation || a.feature - b.feature,
    );
  const isAlwaysOn = ({ density }: StrongFeature) => (density ?? 0) > ALWAYS_ON;
  return {
    massive,
    active: ranked.length,
    strongest: ranked.filter((strong) => !isAlwaysOn(strong)).slice(0, LISTED),
    alwaysOn: ranked.filter(isAlwaysOn).slice(0, LISTED_ALWAYS_ON),
  };
}

/** What the corpus tells of an active feature; nothing of one that was never active there. */
function knownOf(
  { activation }: StrongFeature,
  activity: FeatureActivity | undefined,
): Pick<StrongFeature, 'share' | 'density'> {
  if (!activity?.maximum) return {};
  return { share: activation / activity.maximum, density: activity.density };
}

/** The tokens of massive norm, BOS not counted among them; positions as they are reported without BOS. */
function massiveTokens(batches: readonly ReadBatch[], width: number): StrongestLayer['massive'] {
  const places: StrongestLayer['massive'] = [];
  const norms: number[] = [];
  for (const { first, starts, rows, residual } of batches) {
    const lengths = rowNorms(residual, width);
    for (const [i, start] of starts.entries())
      for (let row = start + 1; row < (starts[i + 1] ?? rows); row++) {
        places.push({ text: first + i, position: row - start - 1 });
        norms.push(lengths[row]!);
      }
  }
  const isMassive = massiveRows(norms);
  return places.filter((_, i) => isMassive[i]);
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
