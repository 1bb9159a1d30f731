import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { writeWhole } from '../../../files/wholeFile.js';
import type { FeatureRecord } from '../../features/record/index.js';
import { explainedWriteError } from '../files/safetensorsWriter.js';
import type { ModelSource } from '../files/source.js';
import { FeatureLines } from './featureLines.js';

const pack = promisify(gzip);

const count = z.number().int().nonnegative();

const Label = z.object({
  words: z.array(z.string()),
  shared: count,
  of: count,
  source: z.literal('examples'),
  pattern: z.string().optional(),
  meanings: z.array(z.object({ words: z.array(z.string()), examples: count })).optional(),
  same: count.optional(),
  apart: z.string().optional(),
  heldOut: z
    .object({
      word: z.string().optional(),
      occurrences: count.optional(),
      active: count.optional(),
      instead: z.object({ feature: count, active: count }).optional(),
      firings: count,
      matching: count,
    })
    .optional(),
});

const Line = z.object({ hook: z.string(), feature: count, label: Label });

/** What was recorded of the features of a model's SAEs: `records/<hook>.jsonl.gz` in its folder, a line a feature. */
export class FeatureRecords {
  private constructor(
    private readonly hook: string,
    private readonly lines: FeatureLines,
  ) {}

  /** @returns undefined where the SAE has no record @throws Error when the file is damaged */
  static async read(source: Pick<ModelSource, 'folder'>, hook: string): Promise<FeatureRecords | undefined> {
    const lines = await FeatureLines.read(fileOf(source, hook));
    return lines && new FeatureRecords(hook, lines);
  }

  /** @throws Error when the file is damaged */
  of(feature: number): FeatureRecord | undefined {
    const line = this.lines.of(this.hook, feature);
    // A property that is absent and one that is undefined are the same here.
    return line === undefined ? undefined : (Line.parse(JSON.parse(line)) as FeatureRecord);
  }
}

/** @throws {InputError} when the file cannot be written */
export async function keepRecords(
  source: Pick<ModelSource, 'folder'>,
  hook: string,
  records: readonly FeatureRecord[],
): Promise<void> {
  const file = fileOf(source, hook);
  const lines = records.map((record) => `${JSON.stringify({ hook, ...record })}\n`);
  try {
    await writeWhole(file, await pack(lines.join('')));
  } catch (error) {
    throw explainedWriteError(file, error);
  }
}

function fileOf({ folder }: Pick<ModelSource, 'folder'>, hook: string): string {
  return join(folder, 'records', `${hook}.jsonl.gz`);
}
