import { setImmediate } from 'node:timers/promises';
import type { BaselineQuestion, FeatureLimits } from '../../model/model.js';
import { CancelledError } from '../../report/errors.js';
import type { PrepareControl } from '../../weights/derived/control.js';
import type { ModelSource } from '../../weights/files/source.js';
import { waysOfCentering } from '../../weights/prepare.js';
import type { SessionSettings } from '../session/index.js';

/** The prompt whose baseline is wanted, and how the machine may be used for it. */
export type BaselineSettings = Omit<BaselineQuestion, 'centered'> &
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
    for (const centered of await waysOfCentering(source)) {
      await onShare(0);
      await model.baseline({ prompt, close, centered }, { batch }, onShare, true);
    }
  } finally {
    await model.close();
  }
}
