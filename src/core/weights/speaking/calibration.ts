import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Calibration } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import { parameterSchema } from '../../report/parameterSchemas.js';
import type { ModelSource } from '../files/source.js';

const Setting = z.object({
  at: z.union([z.literal('input'), z.literal('learned'), z.number().int().nonnegative()]),
  scale: z.custom<number>(
    (value) => typeof value === 'number' && parameterSchema('scale').safeParse(value).success,
  ),
});

const File = z.object({
  format: z.literal('ghosttree calibration 1'),
  settings: z.array(Setting).min(1),
  readsBack: z.number().positive(),
  partly: z.number().positive(),
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
    return File.parse(JSON.parse(text));
  } catch {
    throw new InputError(
      `calibration/${hook}.json cannot be read: remove it, or type ghosttree calibrate ${source.id} again. [${file}]`,
    );
  }
}
