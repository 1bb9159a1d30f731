import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { MEASURES } from '../../features/kind/moments.js';
import type { FeatureStatistics } from '../../features/kind/statistics.js';
import { readElements } from '../files/safetensors.js';
import { bytesOf, type TensorToWrite } from '../files/safetensorsWriter.js';
import { keepPrepared, openPrepared, preparedFile } from './file.js';

/** Counts up when what is measured changes, so that nothing measured otherwise is read. */
const VERSION = 2;
const SHARES = ['token', 'share', 'active'] as const;

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

/** What was measured of all features of an SAE, from `<prepared>/<hook>.statistics.<digest>.safetensors`. */
export async function preparedStatistics(sae: MeasuredSae): Promise<FeatureStatistics | undefined> {
  return readStatistics(await fileOf(sae), sae);
}

/** Keeps it there, where the folder can be written. */
export async function keepStatistics(sae: MeasuredSae, statistics: FeatureStatistics): Promise<void> {
  await keepPrepared(await fileOf(sae), nameOf(sae), await tensorsOf(sae, statistics));
}

/**
 * What a file says of this SAE, whether it was kept or ships with it; undefined where there is none, or it was measured
 * with files of other sizes.
 */
export async function readStatistics(file: string, sae: MeasuredSae): Promise<FeatureStatistics | undefined> {
  const kept = await openPrepared(file);
  const key = await keyOf(sae);
  const names = [...MEASURES, ...SHARES, 'texts'];
  if (!kept || !names.every((name) => kept.has(`${name}.${key}`))) return undefined;
  const read = (name: string, length = sae.features) => readElements(kept.tensor(`${name}.${key}`, [length]));
  const all = async <Name extends string>(wanted: readonly Name[]) =>
    Object.fromEntries(
      await Promise.all(wanted.map(async (name) => [name, await read(name)] as const)),
    ) as Record<Name, Float32Array>;
  const [texts] = await read('texts', 1);
  return { moments: await all(MEASURES), tokens: { ...(await all(SHARES)), texts: texts! } };
}

async function tensorsOf(sae: MeasuredSae, { moments, tokens }: FeatureStatistics): Promise<TensorToWrite[]> {
  const key = await keyOf(sae);
  const vector = (name: string, values: Float32Array): TensorToWrite => {
    return { name: `${name}.${key}`, dtype: 'F32', shape: [values.length], pieces: () => [bytesOf(values)] };
  };
  return [
    ...MEASURES.map((name) => vector(name, moments[name])),
    ...SHARES.map((name) => vector(name, tokens[name])),
    vector('texts', Float32Array.of(tokens.texts)),
  ];
}

function nameOf({ hook, dtype }: MeasuredSae): string {
  return dtype === 'float32' ? `${hook}.statistics` : `${hook}.statistics.${dtype}`;
}

function fileOf(sae: MeasuredSae): Promise<string> {
  return preparedFile(sae.prepared, nameOf(sae), sae.files);
}

/** Equal for files of the same sizes: what is shipped cannot know when they were written. */
async function keyOf({ files, dtype }: MeasuredSae): Promise<string> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const digest = createHash('sha256')
    .update(JSON.stringify([sizes, dtype]))
    .digest('hex');
  return `${VERSION}.${digest.slice(0, 12)}`;
}
