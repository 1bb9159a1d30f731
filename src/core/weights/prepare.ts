import { setImmediate } from 'node:timers/promises';
import { CancelledError } from '../report/errors.js';
import type { PrepareControl } from './derived/control.js';
import { embeddingStatistics } from './derived/embeddings.js';
import { quantiseCheckpoint } from './derived/quantisedCheckpoint.js';
import { isRounded, type ModelSource } from './files/source.js';
import { architectureOf } from './graph/families/index.js';
import { openModelFolder } from './modelFolder.js';
import { prepareSae } from './sae/featureMajor.js';
import { Sae } from './sae/index.js';

/**
 * Derives from a model's files what makes it quick to use: quantised weights where `dtype` asks for them,
 * statistics of its embeddings, feature-major copies of its SAEs' encoders. Files that exist are kept; new ones appear
 * whole or not at all.
 *
 * @param source whose files must all be there; its `prepared` folder is made
 * @throws {InputError} when a file is missing or damaged, or the disk is full
 * @throws {CancelledError} when the signal was raised
 */
export async function prepareModel(
  source: ModelSource,
  { signal, onProgress }: PrepareControl = {},
): Promise<void> {
  const { folder, prepared, dtype } = source;
  const report = (step: string, share: number) => {
    if (signal?.aborted) throw new CancelledError();
    onProgress?.({ step, share });
  };
  const { config, checkpoint } = await openModelFolder(folder);
  const architecture = architectureOf(config.model_type);
  let weights = checkpoint;
  if (isRounded(dtype) || !checkpoint.isPlain) {
    const step = isRounded(dtype) ? `quantising the weights (${dtype})` : 'unpacking the weights';
    weights = await quantiseCheckpoint(
      checkpoint,
      architecture,
      config,
      dtype,
      prepared,
      async (done, total) => {
        report(step, done / total);
        await setImmediate(); // lets a signal in
      },
    );
  }
  const { embeddings, vocabularySize, hiddenSize } = architecture(config, weights);
  const table = checkpoint.tensor(embeddings, [vocabularySize, hiddenSize]);
  for (const centered of await waysOfCentering(source)) {
    await embeddingStatistics(table, centered, prepared, (share) =>
      report('measuring the embeddings', share),
    );
  }
  for (const sae of Object.values(source.saes)) await prepareSae(sae, prepared, { signal, onProgress });
}

/** Whether a model's SAEs need its embeddings centred, not centred, or both. */
async function waysOfCentering(source: ModelSource): Promise<Set<boolean>> {
  return new Set((await centeringOfSaes(source)).map(({ centered }) => centered));
}

/** Whether each of a model's SAEs needs the embeddings centred. */
export function centeringOfSaes({ saes }: ModelSource): Promise<{ hook: string; centered: boolean }[]> {
  const each = Object.values(saes).map(async (sae) => ({
    hook: sae.hook,
    centered: sae.centered ?? (await Sae.open(sae)).centered,
  }));
  return Promise.all(each);
}
