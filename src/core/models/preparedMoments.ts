import { type FeatureMoments, MEASURES } from '../features/featureMoments.js';
import { keepPrepared, openPrepared, preparedFile } from './preparedFile.js';
import { readElements } from './safetensors.js';
import { bytesOf } from './safetensorsWriter.js';

/** Counts up when what is measured changes, so that nothing measured otherwise is read. */
const VERSION = 1;

/** The SAE that was measured, and with what. */
export interface MeasuredSae {
  hook: string;
  features: number;
  /** Weight type of the model: quantised weights measure a little differently. */
  dtype: string;
  /** Folder for what is derived from the model's files. */
  prepared: string;
  /** The model's files and the SAE's. */
  files: readonly string[];
}

/**
 * The measures of all features of an SAE, from `<prepared>/<hook>.moments.<digest>.safetensors` or measured and kept
 * there.
 */
export async function keptMoments(
  { hook, features, dtype, prepared, files }: MeasuredSae,
  measure: () => Promise<FeatureMoments>,
): Promise<FeatureMoments> {
  const name = dtype === 'float32' ? `${hook}.moments` : `${hook}.moments.${dtype}`;
  const file = await preparedFile(prepared, name, files);
  const tensorOf = (measured: string) => `${measured}.${VERSION}`;
  const kept = await openPrepared(file);
  if (kept && MEASURES.every((measured) => kept.has(tensorOf(measured)))) {
    const tensors = await Promise.all(
      MEASURES.map(async (measured) => [
        measured,
        await readElements(kept.tensor(tensorOf(measured), [features])),
      ]),
    );
    return Object.fromEntries(tensors) as FeatureMoments;
  }
  const moments = await measure();
  await keepPrepared(
    file,
    name,
    MEASURES.map((measured) => ({
      name: tensorOf(measured),
      dtype: 'F32' as const,
      shape: [features],
      pieces: () => [bytesOf(moments[measured])],
    })),
  );
  return moments;
}
