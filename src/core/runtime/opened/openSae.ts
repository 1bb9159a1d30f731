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
import { reconstruct, SaeEncoder } from './saeEncoder.js';

/** The model that an SAE is opened for. */
interface Model {
  source: ModelSource;
  language: Decoder;
  tokenizer: Tokenizer;
}

/** An SAE until it is closed, with the absolute paths of its files. */
export type OpenSae = FeatureSource & { files: readonly string[]; close(): Promise<void> };

/**
 * Opens an SAE for questions: makes its encoder quick to read where it is large, and checks once that it was loaded
 * as it was trained.
 *
 * @param onStep awaited during longer work; throwing stops it
 * @throws {InputError} when a file is missing, damaged or does not fit the model
 */
export async function openSae(
  model: Model,
  place: SaeSource,
  settings: SessionSettings,
  onStep: () => Promise<void>,
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
  let encoder: Promise<SaeEncoder> | undefined;
  let shipped: Promise<ShippedFeatures | undefined> | undefined;
  const known = async (feature: number) => {
    shipped ??= ShippedFeatures.read(source.folder);
    return (await shipped)?.of(hook, feature);
  };
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
      return (await known(feature))?.max || undefined;
    },
    async knownExamples(feature) {
      const examples = (await known(feature))?.examples ?? [];
      return examples.slice(0, SHOWN_EXAMPLES).map(({ tokens }) => tokens.join(''));
    },
    async encode(residual, rows) {
      encoder ??= SaeEncoder.open(sae, settings);
      return (await encoder).encode(residual, rows);
    },
    async close() {
      await (await encoder)?.close();
    },
  };
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
