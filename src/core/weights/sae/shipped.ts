import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';

/** In a model's folder: a JSON object a line for each feature of each hook point. */
const FILE = 'features.jsonl.gz';

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
  /** @param lines by `hook feature`; parsed when they are asked for */
  private constructor(private readonly lines: ReadonlyMap<string, string>) {}

  /** @returns undefined where nothing ships with the model */
  static async read(folder: string): Promise<ShippedFeatures | undefined> {
    const file = join(folder, FILE);
    if (!existsSync(file)) return undefined;
    const lines = new Map<string, string>();
    // In a stream, so that a chat bot answers its platform while it reads.
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const [, hook, feature] = /^\{"hook":"([^"]+)","feature":(\d+),/.exec(line) ?? [];
      if (hook !== undefined) lines.set(`${hook} ${feature}`, line);
    }
    return new ShippedFeatures(lines);
  }

  /**
   * @param hook TransformerLens name of the SAE's hook point
   * @throws Error when the file is damaged
   */
  of(hook: string, feature: number): ShippedFeature | undefined {
    const line = this.lines.get(`${hook} ${feature}`);
    return line === undefined ? undefined : Line.parse(JSON.parse(line));
  }
}
