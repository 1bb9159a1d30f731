import { setImmediate } from 'node:timers/promises';
import type { FeatureRecord } from '../../features/record/index.js';
import { CancelledError, InputError } from '../../report/errors.js';
import type { PrepareControl } from '../../weights/derived/control.js';
import type { ModelSource } from '../../weights/files/source.js';
import { keepRecords } from '../../weights/sae/records.js';
import { ShippedFeatures } from '../../weights/sae/shipped.js';
import type { SessionSettings } from '../session/index.js';

/** How many examples make a label, and how long the model may write texts on which it is tried. */
export interface RecordSettings extends SessionSettings {
  examples: number;
  textMilliseconds: number;
}

/** Of the work, the share that writing the texts takes where there are none yet. */
const WRITING = 0.4;

/**
 * Records what is known of every feature of one of a model's SAEs, and keeps it beside the model.
 *
 * @param layer whose SAE has examples in the model's `features.jsonl.gz`
 * @throws {InputError} when there are none, or the result cannot be written
 * @throws {CancelledError} when the signal was raised
 */
export async function recordModel(
  source: ModelSource,
  layer: number,
  { examples, textMilliseconds, ...settings }: RecordSettings,
  { signal, onProgress }: PrepareControl = {},
): Promise<FeatureRecord[]> {
  const { hook } = source.saes[layer]!;
  const shipped = await ShippedFeatures.read(source.folder);
  const known = shipped ? [...shipped.all(hook)] : [];
  if (!shipped || known.length === 0)
    throw new InputError(
      `${source.id} has no features with examples at layer ${layer} to make a record of (features.jsonl.gz in ${source.folder}).`,
    );
  const onShare = async (share: number) => {
    onProgress?.({ step: `recording layer ${layer}`, share });
    await setImmediate(); // lets a signal in
    if (signal?.aborted) throw new CancelledError();
  };
  // Imported here, so that a process that only asks the core for something does not load onnxruntime.
  const { loadModel } = await import('./index.js');
  const { recordFeatures } = await import('../../features/record/index.js');
  const model = await loadModel(source, settings);
  try {
    const texts = await model.ownTexts(textMilliseconds, (share) => onShare(WRITING * share));
    const records = await recordFeatures(
      model,
      await model.features(layer),
      known,
      await shipped.wordFrequencies(hook),
      { examples, texts },
      (share) => onShare(WRITING + (1 - WRITING) * share),
    );
    await keepRecords(source, hook, records);
    return records;
  } finally {
    await model.close();
  }
}
