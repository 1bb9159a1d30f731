import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import type { CatalogueModel } from '../config.js';
import type { FeatureEvidence } from '../core/index.js';

/** In a model's folder: a line for each feature of each hook point. */
const FILE = 'features.jsonl.gz';
const MOST_EXAMPLES = 5;

const Line = z.object({
  hook: z.string(),
  feature: z.number().int().nonnegative(),
  density: z.number(),
  max: z.number(),
  examples: z.array(z.object({ tokens: z.array(z.string()), activations: z.array(z.number()) })),
});

/** Where the line of a feature begins and ends in the text, by `hook feature`. */
type Lines = Map<string, string>;

/** Examples that ship with a model. A file is read when one of its features is first asked for. */
export class ShippedExamples {
  private readonly files = new Map<string, Promise<Lines | undefined>>();

  async of(
    { folder, saes }: Pick<CatalogueModel, 'folder' | 'saes'>,
    layer: number,
    feature: number,
  ): Promise<FeatureEvidence | undefined> {
    let file = this.files.get(folder);
    if (!file) {
      file = readLines(join(folder, FILE)).catch(() => undefined);
      this.files.set(folder, file);
    }
    const line = (await file)?.get(`${saes[layer]?.hook} ${feature}`);
    if (line === undefined) return undefined;
    const { density, max, examples } = Line.parse(JSON.parse(line));
    return {
      source: 'shipped',
      density,
      maximum: max,
      explanations: [],
      examples: examples.slice(0, MOST_EXAMPLES),
    };
  }
}

/** The lines of a file by what they are about; parsed when they are asked for. */
async function readLines(file: string): Promise<Lines | undefined> {
  if (!existsSync(file)) return undefined;
  const lines: Lines = new Map();
  // In a stream, so that a chat bot hears its platform while it reads.
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    const [, hook, feature] = /^\{"hook":"([^"]+)","feature":(\d+),/.exec(line) ?? [];
    if (hook !== undefined) lines.set(`${hook} ${feature}`, line);
  }
  return lines;
}
