import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../../../files/wholeFile.js';
import type { Calibration } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import { parameterSchema } from '../../report/parameterSchemas.js';
import { explainedWriteError } from '../files/safetensorsWriter.js';
import type { ModelSource } from '../files/source.js';

const Setting = z.object({
  at: z.union([z.literal('input'), z.literal('learned'), z.number().int().nonnegative()]),
  scale: z.custom<number>(
    (value) => typeof value === 'number' && parameterSchema('scale').safeParse(value).success,
  ),
});

const Truth = z.object({ share: z.number().min(0).max(1), error: z.number().nonnegative() });

const FORMAT = 'ghosttree calibration 1';

const File = z.object({
  format: z.literal(FORMAT),
  settings: z.array(Setting).min(1),
  readsBack: z.number().positive().optional(),
  partly: z.number().positive(),
  lists: z.object({ near: Truth, promoted: Truth }).optional(),
});

/** Where the calibration of a hook point lies, in the model's folder. */
export function calibrationFile({ folder }: Pick<ModelSource, 'folder'>, hook: string): string {
  return join(folder, 'calibration', `${hook}.json`);
}

/**
 * @returns undefined where the model was not calibrated for that hook point
 * @throws {InputError} when the file is damaged
 */
export async function readCalibration(
  source: Pick<ModelSource, 'folder' | 'id'>,
  hook: string,
): Promise<Calibration | undefined> {
  const file = calibrationFile(source, hook);
  const text = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { lists, readsBack, ...rest } = File.parse(JSON.parse(text));
    return { ...rest, ...(readsBack !== undefined && { readsBack }), ...(lists && { lists }) };
  } catch {
    throw new InputError(
      `calibration/${hook}.json cannot be read: remove it, or type ghosttree calibrate ${source.id} again. [${file}]`,
    );
  }
}

/**
 * Keeps a calibration beside its model, with all that was measured.
 *
 * @throws {InputError} when the file cannot be written
 */
export async function keepCalibration(
  source: Pick<ModelSource, 'folder'>,
  hook: string,
  measured: Calibration & Record<string, unknown>,
): Promise<void> {
  const file = calibrationFile(source, hook);
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  const text = JSON.stringify({ format: FORMAT, hook, ...measured }, rounded, 2);
  try {
    await writeWhole(file, `${text}\n`);
  } catch (error) {
    throw explainedWriteError(file, error);
  }
}
