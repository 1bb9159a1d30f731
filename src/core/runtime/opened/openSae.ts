import { once } from '../../../async/promiseMemo.js';
import { judgeParity, measureParity, type ParityMeasure } from '../../features/activation/parity.js';
import { sequenceRows } from '../../features/ghost/sequence.js';
import type { FeatureSource, Tokenizer } from '../../model/model.js';
import { requireSameWidth } from '../../model/requirements.js';
import { DerivedFile } from '../../weights/derived/derivedFile.js';
import { PARITY, parityOf } from '../../weights/derived/parity.js';
import { readOrFindOut } from '../../weights/derived/result.js';
import type { ModelSource, SaeSource } from '../../weights/files/source.js';
import { prepareOnFirstUse } from '../../weights/sae/featureMajor.js';
import { Sae } from '../../weights/sae/index.js';
import { SHOWN_EXAMPLES, ShippedFeatures } from '../../weights/sae/shipped.js';
import type { SessionSettings } from '../session/index.js';
import type { Decoder } from './decoder.js';
import { MemoryShelf } from './memoryShelf.js';
import { reconstruct, SaeEncoder } from './saeEncoder.js';

/** The model that an SAE is opened for. */
interface Model {
  source: ModelSource;
  language: Decoder;
  tokenizer: Tokenizer;
}

/** What the SAEs of a model share. */
export interface SharedBySaes {
  /** Holds their encoders while they are open. */
  memory: MemoryShelf;
  shipped(): Promise<ShippedFeatures | undefined>;
}

/** An open SAE, with the absolute paths of its files. */
export type OpenSae = FeatureSource & { files: readonly string[]; close(): Promise<void> };

/**
 * Opens an SAE for questions: makes its encoder quick to read where it is large, and checks once that it was loaded
 * as it was trained. Its encoder is open while it is in use, and for as long as there is room for it.
 *
 * @param onStep awaited during longer work; throwing stops it
 * @throws {InputError} when a file is missing, damaged or does not fit the model
 */
export async function openSae(
  model: Model,
  place: SaeSource,
  settings: SessionSettings,
  onStep: () => Promise<void>,
  { memory, shipped }: SharedBySaes = sharedBySaes(model.source),
): Promise<OpenSae> {
  const { source } = model;
  const stopped = new AbortController();
  const onProgress = () => void onStep().catch((reason) => stopped.abort(reason));
  await prepareOnFirstUse(place, source.prepared, { signal: stopped.signal, onProgress });
  const sae = await Sae.open(place, source.prepared);
  const { hook, inputSize } = sae;
  requireSameWidth({ hook, inputSize, release: source.release }, model.language);

  const file = await DerivedFile.in(source.prepared, await parityOf(source, place, sae.files));
  const { value } = await readOrFindOut({ files: [file], keepIn: file, format: PARITY }, () =>
    measureOf(model, sae, settings, onStep),
  );
  const parity = judgeParity(value, place.parity);
  const { release } = source;
  const encoder = { bytes: sae.encoderBytes, open: () => SaeEncoder.open(sae, settings) };
  const shippedEntry = async (feature: number) => (await shipped())?.of(hook, feature);
  return {
    release,
    hook,
    inputSize,
    features: sae.features,
    centered: sae.centered,
    parity,
    files: sae.files,
    vector: sae.vector.bind(sae),
    vectors: sae.vectors.bind(sae),
    activation: sae.activation.bind(sae),
    writing: sae.writing.bind(sae),
    async knownMaximum(feature) {
      return (await shippedEntry(feature))?.max || undefined;
    },
    knownActivities: once(async () => (await shipped())?.activities(hook) ?? new Map()),
    async knownExamples(feature) {
      const examples = (await shippedEntry(feature))?.examples ?? [];
      return examples.slice(0, SHOWN_EXAMPLES).map(({ tokens }) => tokens.join(''));
    },
    encode: (residual, rows) => memory.use(encoder, (open) => open.encode(residual, rows)),
    close: () => memory.drop(encoder),
  };
}

/** @param memory @default a shelf without a budget */
export function sharedBySaes({ folder }: ModelSource, memory = new MemoryShelf()): SharedBySaes {
  return { memory, shipped: once(() => ShippedFeatures.read(folder)) };
}

async function measureOf(
  { language, tokenizer }: Model,
  sae: Sae,
  settings: SessionSettings,
  onStep: () => Promise<void>,
): Promise<ParityMeasure> {
  return measureParity(
    {
      tokenizer,
      residual: (tokens) => language.residual({ rows: sequenceRows(tokens), ghosts: [] }, sae.hook),
      reconstruct: (residual, rows) => reconstruct(sae, settings, residual, rows),
    },
    onStep,
  );
}
