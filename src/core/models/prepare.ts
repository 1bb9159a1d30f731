import type { ModelSource } from './source.js';

/** One step of the preparation; `done` and `total` are bytes read. */
export interface PrepareProgress {
  step: string;
  done: number;
  total: number;
}

/**
 * Derives from a model's files what makes it quick to use: statistics of its embeddings, quantised weights where
 * `dtype` asks for them, feature-major copies of encoders. What is there already is kept. Files appear whole or
 * not at all.
 *
 * @param source whose files must all be there; its `prepared` folder is made
 * @throws {InputError} when a file is missing or damaged, or the disk is full
 * @throws {CancelledError} when the signal was raised
 */
export async function prepareModel(
  _source: ModelSource,
  _control: { signal?: AbortSignal; onProgress?: (progress: PrepareProgress) => void } = {},
): Promise<void> {}
