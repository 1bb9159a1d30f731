import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { countWords, type WordFrequencies } from '../../features/label/index.js';
import type { FeatureActivity } from '../../model/model.js';

/** In a model's folder: a JSON object a line for each feature of each hook point. */
const FILE = 'features.jsonl.gz';

/** Whose words are counted without a pause. */
const FEATURES_AT_A_TIME = 64;

/** Unpacked, it stays in memory. */
const MOST_BYTES = 1e9;

const unpack = promisify(gunzip);

/** How many of a feature's examples answers may use; the others stay unseen, so that they can test an answer. */
export const SHOWN_EXAMPLES = 5;

const Line = z.object({
  hook: z.string(),
  feature: z.number().int().nonnegative(),
  density: z.number(),
  max: z.number(),
  stability: z.object({ returns: z.number().int(), seeds: z.number().int() }).optional(),
  examples: z.array(z.object({ tokens: z.array(z.string()), activations: z.array(z.number()) })),
});

/**
 * A feature in a corpus: share of the tokens on which it is active, its largest activation, in how many SAEs of other
 * seeds it returns, and examples.
 */
export type ShippedFeature = z.infer<typeof Line>;

/** How a line begins, behind the name of its hook point. */
const ACTIVITY = /^"feature":(\d+),"density":([^,]+),"max":([^,]+),/;
/** What it takes of a line at most. */
const ACTIVITY_BYTES = 100;

/** What ships with a model about the features of its SAEs. */
export class ShippedFeatures {
  /** @param lines the whole file, of which a line is read when it is asked for */
  private constructor(private readonly lines: Buffer) {}

  /** @returns undefined where nothing ships with the model */
  static async read(folder: string): Promise<ShippedFeatures | undefined> {
    const file = join(folder, FILE);
    if (!existsSync(file)) return undefined;
    // Unpacked in a thread, so that a chat bot answers its platform meanwhile.
    return new ShippedFeatures(await unpack(await readFile(file), { maxOutputLength: MOST_BYTES }));
  }

  /**
   * In how many features of a hook point words stand where they fire.
   *
   * @throws Error when the file is damaged
   */
  async wordFrequencies(hook: string): Promise<WordFrequencies> {
    const words = new Map<string, number>();
    let features = 0;
    for (const { examples } of this.all(hook)) {
      countWords(words, examples);
      // A chat bot answers its platform meanwhile.
      if (++features % FEATURES_AT_A_TIME === 0) await setImmediate();
    }
    return { features: Math.max(1, features), of: (word) => words.get(word) ?? 0 };
  }

  /** How often and how much the features of a hook point are active in the corpus; without a line read as a whole. */
  activities(hook: string): Map<number, FeatureActivity> {
    const start = `{"hook":${JSON.stringify(hook)},`;
    const activities = new Map<number, FeatureActivity>();
    for (let at = this.lines.indexOf(start); at >= 0; at = this.lines.indexOf(start, at + 1)) {
      const begin = at + start.length;
      const [, feature, density, maximum] =
        ACTIVITY.exec(this.lines.toString('latin1', begin, begin + ACTIVITY_BYTES)) ?? [];
      if (feature !== undefined)
        activities.set(Number(feature), { density: Number(density), maximum: Number(maximum) });
    }
    return activities;
  }

  /** All features of a hook point, in the order of the file. @throws Error when the file is damaged */
  *all(hook: string): Generator<ShippedFeature> {
    const start = `{"hook":${JSON.stringify(hook)},`;
    for (let at = this.lines.indexOf(start); at >= 0; at = this.lines.indexOf(start, at + 1)) {
      const end = this.lines.indexOf('\n', at);
      yield JSON.parse(this.lines.toString('utf8', at, end < 0 ? undefined : end)) as ShippedFeature;
    }
  }

  /**
   * @param hook TransformerLens name of the SAE's hook point
   * @throws Error when the file is damaged
   */
  of(hook: string, feature: number): ShippedFeature | undefined {
    // Inside a text the quotes would be written \", so that nothing else reads like this.
    const start = this.lines.indexOf(`{"hook":${JSON.stringify(hook)},"feature":${feature},`);
    if (start < 0) return undefined;
    const end = this.lines.indexOf('\n', start);
    return Line.parse(JSON.parse(this.lines.toString('utf8', start, end < 0 ? undefined : end)));
  }
}
