import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { countWords, type WordFrequencies } from '../../features/label/index.js';
import type { FeatureActivity } from '../../model/model.js';
import { FeatureLines } from './featureLines.js';

/** In a model's folder: a JSON object a line for each feature of each hook point. */
const FILE = 'features.jsonl.gz';

/** Whose words are counted without a pause. */
const FEATURES_AT_A_TIME = 64;

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

/** What ships with a model about the features of its SAEs. */
export class ShippedFeatures {
  private constructor(private readonly lines: FeatureLines) {}

  /** @returns undefined where nothing ships with the model */
  static async read(folder: string): Promise<ShippedFeatures | undefined> {
    const lines = await FeatureLines.read(join(folder, FILE));
    return lines && new ShippedFeatures(lines);
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
    const activities = new Map<number, FeatureActivity>();
    for (const beginning of this.lines.beginnings(hook, ACTIVITY_BYTES)) {
      const [, feature, density, maximum] = ACTIVITY.exec(beginning) ?? [];
      if (feature !== undefined)
        activities.set(Number(feature), { density: Number(density), maximum: Number(maximum) });
    }
    return activities;
  }

  /** All features of a hook point, in the order of the file. @throws Error when the file is damaged */
  *all(hook: string): Generator<ShippedFeature> {
    for (const line of this.lines.all(hook)) yield JSON.parse(line) as ShippedFeature;
  }

  /**
   * @param hook TransformerLens name of the SAE's hook point
   * @throws Error when the file is damaged
   */
  of(hook: string, feature: number): ShippedFeature | undefined {
    const line = this.lines.of(hook, feature);
    return line === undefined ? undefined : Line.parse(JSON.parse(line));
  }
}

/** How a line begins, behind the name of its hook point. */
const ACTIVITY = /^"feature":(\d+),"density":([^,]+),"max":([^,]+),/;
/** What it takes of a line at most. */
const ACTIVITY_BYTES = 100;
