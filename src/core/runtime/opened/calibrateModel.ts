import { setImmediate } from 'node:timers/promises';
import { drawFeatures, LEAST_EXAMPLES } from '../../features/calibrate/features.js';
import type { CalibrationReport } from '../../features/calibrate/index.js';
import { CancelledError, InputError } from '../../report/errors.js';
import type { PrepareControl } from '../../weights/derived/control.js';
import type { ModelSource } from '../../weights/files/source.js';
import { ShippedFeatures } from '../../weights/sae/shipped.js';
import { keepCalibration } from '../../weights/speaking/calibration.js';
import type { SessionSettings } from '../session/index.js';

/** How a model is asked, and by how many features of each SAE it is judged. */
export interface CalibrationSettings extends SessionSettings {
  prompt: string;
  close: boolean;
  weights: 'encoder' | 'decoder';
  features: number;
  seed: number;
}

/**
 * Finds at which settings the features of a model's SAE speak truly, and keeps the result beside the model.
 *
 * @param layer whose SAE has examples in the model's `features.jsonl.gz`
 * @throws {InputError} when there are none, or the result cannot be written
 * @throws {CancelledError} when the signal was raised
 */
export async function calibrateModel(
  source: ModelSource,
  layer: number,
  { prompt, close, weights, features, seed, ...settings }: CalibrationSettings,
  { signal, onProgress }: PrepareControl = {},
): Promise<CalibrationReport> {
  const { hook } = source.saes[layer]!;
  const shipped = await ShippedFeatures.read(source.folder);
  const chosen = shipped ? drawFeatures(shipped.all(hook), features, seed) : [];
  if (chosen.length < LEAST_EXAMPLES)
    throw new InputError(
      `${source.id} has no features with examples at layer ${layer} to be judged by (features.jsonl.gz in ${source.folder}).`,
    );
  const onShare = async (share: number) => {
    onProgress?.({ step: `calibrating layer ${layer}`, share });
    await setImmediate(); // lets a signal in
    if (signal?.aborted) throw new CancelledError();
  };
  // Imported here, so that a process that only asks the core for something does not load onnxruntime.
  const { loadModel } = await import('./index.js');
  const { calibrate } = await import('../../features/calibrate/index.js');
  const model = await loadModel(source, settings);
  try {
    const sae = await model.features(layer);
    const report = await calibrate(model, sae, chosen, { prompt, close, weights }, onShare);
    await keepCalibration(source, hook, {
      prompt,
      weights,
      seed,
      judgedBy: chosen.map(({ feature }) => feature),
      ...report,
    });
    return report;
  } finally {
    await model.close();
  }
}
