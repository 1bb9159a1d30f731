import type { FeatureSource, RunningModel } from '../../model/model.js';
import { requireSameWidth } from '../../model/requirements.js';
import type { NearLayer, NearParameters, NearReport } from '../../report/near.js';
import { nearestFeatures } from './nearest.js';

/** Which features of some layers write in nearly the same direction as one of them, or in the opposite one? */
export interface NearRequest {
  model: string;
  layer: number;
  feature: number;
  /** Where is looked; without its own layer only in others. */
  layers: number[];
  parameters: NearParameters;
}

/** Features that are listed of each layer. */
const LISTED = 10;

/**
 * The nearest features of each layer by their decoder vectors.
 *
 * @param open the SAE of a layer; its time counts as loading
 * @param load milliseconds that loading the model took for this question
 * @param onShare awaited with the share that is done; throwing stops the work
 * @throws {InputError} when the question does not fit the model
 */
export async function answerNear(
  model: Pick<RunningModel, 'id' | 'dtype' | 'language'>,
  open: (layer: number) => Promise<FeatureSource>,
  { layer, feature, layers, parameters }: NearRequest,
  load: number,
  onShare: (share: number) => void | Promise<void> = () => {},
): Promise<NearReport> {
  const started = performance.now();
  let opening = 0;
  const opened = async (of: number) => {
    const asked = performance.now();
    const source = await open(of);
    opening += performance.now() - asked;
    requireSameWidth(source, model.language);
    return source;
  };
  const own = await opened(layer);
  const direction = await own.vector(feature, 'decoder');
  const order = [...new Set(layers)].sort((a, b) => Number(b === layer) - Number(a === layer) || a - b);
  const found: NearLayer[] = [];
  for (const [index, of] of order.entries()) {
    const source = await opened(of);
    const near = await nearestFeatures(source, of, direction, { layer, feature }, LISTED, (share) =>
      onShare((index + share) / order.length),
    );
    found.push({ layer: of, hook: source.hook, features: source.features, ...near });
  }
  const { release, hook, features } = own;
  return {
    schema: 'ghosttree/near@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, feature, features },
    parameters,
    layers: found,
    timing: { load: load + opening, total: load + performance.now() - started },
  };
}
