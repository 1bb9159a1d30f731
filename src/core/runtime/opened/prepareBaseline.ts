import { setImmediate } from 'node:timers/promises';
import { radiusOf } from '../../features/tree/baseline.js';
import type { BaselineQuestion, FeatureLimits, RunningModel } from '../../model/model.js';
import { CancelledError } from '../../report/errors.js';
import type { PrepareControl } from '../../weights/derived/control.js';
import type { ModelSource } from '../../weights/files/source.js';
import { centeringOfSaes } from '../../weights/prepare.js';
import type { SessionSettings } from '../session/index.js';

/** The prompt whose baseline is wanted, and how the machine may be used for it. */
export type BaselineSettings = Pick<BaselineQuestion, 'prompt' | 'close'> &
  Pick<FeatureLimits, 'batch'> &
  SessionSettings;

/**
 * Measures what a model says for any ghost, so that the first person who asks need not wait for it. A baseline that
 * exists is kept.
 *
 * @param source made ready by `prepareModel`
 * @throws {InputError} when a file is missing or damaged
 * @throws {CancelledError} when the signal was raised
 */
export async function prepareBaseline(
  source: ModelSource,
  { prompt, close, batch, ...settings }: BaselineSettings,
  { signal, onProgress }: PrepareControl = {},
): Promise<void> {
  const onShare = async (share: number) => {
    onProgress?.({ step: 'measuring what it says of any ghost', share });
    await setImmediate(); // lets a signal in
    if (signal?.aborted) throw new CancelledError();
  };
  // Imported here, so that a process that only asks the core for something does not load onnxruntime.
  const { loadModel } = await import('./index.js');
  const model = await loadModel(source, settings);
  try {
    for (const question of await defaultBaselines(model, source)) {
      await onShare(0);
      await model.baseline({ ...question, prompt, close }, { batch }, onShare, true);
    }
  } finally {
    await model.close();
  }
}

/** What first answers with default options may need: the settings that were calibrated, else those of the original method. */
export async function defaultBaselines(
  model: Pick<RunningModel, 'calibration'>,
  source: ModelSource,
): Promise<Omit<BaselineQuestion, 'prompt' | 'close'>[]> {
  const questions = new Map<string, Omit<BaselineQuestion, 'prompt' | 'close'>>();
  for (const { hook, centered } of await centeringOfSaes(source)) {
    const settings = (await model.calibration(hook))?.settings ?? [{ at: 'input', scale: 1 } as const];
    for (const { at, scale } of settings) {
      const radius = radiusOf(scale);
      const question = { at, radius, hook, centered };
      questions.set(JSON.stringify([at, radius, centered, at === 'learned' ? hook : '']), question);
    }
  }
  return [...questions.values()];
}
