import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { flatten, SAMPLE, unflatten } from '../../features/tree/baseline.js';
import type { Baseline, BaselineQuestion } from '../../model/model.js';
import { writeAtomically } from '../../weights/files/atomicFile.js';
import type { ModelSource } from '../../weights/files/source.js';

/** Files of baselines kept for one model; every prompt that somebody tries makes one. */
const MOST_FILES = 20;
/** Baselines held in memory. */
const MOST_HELD = 4;
/** The baseline that ships with a model, beside its weights. */
export const SHIPPED = 'baseline.json.gz';

const Stored = z.object({
  key: z.string(),
  floor: z.number(),
  parents: z.array(z.number().int()),
  tokens: z.array(z.number().int()),
  probabilities: z.array(z.number()),
});

/**
 * Baselines of a model: from memory, from the file that ships with it, from the prepared folder, or measured and kept
 * there. Keeping them is a convenience: what cannot be read or written is measured again.
 */
export class BaselineStore {
  private readonly held = new Map<string, Baseline>();

  constructor(private readonly source: Pick<ModelSource, 'folder' | 'prepared' | 'dtype'>) {}

  async get(question: BaselineQuestion, measure: () => Promise<Baseline>): Promise<Baseline> {
    const key = await this.key(question, true);
    let baseline = this.held.get(key);
    if (!baseline) {
      const shipped = join(this.source.folder, SHIPPED);
      baseline = (await read(this.file(key), key)) ?? (await read(shipped, await this.key(question, false)));
      if (!baseline) {
        baseline = await measure();
        await this.keep(key, baseline);
      }
    }
    this.held.delete(key);
    this.held.set(key, baseline);
    if (this.held.size > MOST_HELD) this.held.delete(this.held.keys().next().value!);
    return baseline;
  }

  /** Bytes of a file that holds a baseline. */
  static encode(key: string, baseline: Baseline): Promise<Buffer> {
    return promisify(gzip)(JSON.stringify({ key, ...flatten(baseline) }), { level: 9 });
  }

  /**
   * Equal for the same question to the same files.
   *
   * @param times whether they must not have been written again since; what ships with a model knows only their sizes
   */
  async key({ prompt, close, centered }: BaselineQuestion, times: boolean): Promise<string> {
    const { folder, dtype } = this.source;
    const names = (await readdir(folder)).filter((name) => /\.(json|safetensors)$/.test(name)).sort();
    const states = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, name));
        return times ? [name, size, Math.floor(mtimeMs)] : [name, size];
      }),
    );
    return createHash('sha256')
      .update(JSON.stringify([states, dtype, prompt, close, centered, SAMPLE]))
      .digest('hex');
  }

  private async keep(key: string, baseline: Baseline): Promise<void> {
    try {
      const bytes = await BaselineStore.encode(key, baseline);
      await writeAtomically(this.file(key), (handle) => handle.writeFile(bytes));
      await this.removeOldest();
    } catch {
      // A read-only folder: the next process measures again.
    }
  }

  private file(key: string): string {
    return join(this.source.prepared, `baseline.${key.slice(0, 16)}.json.gz`);
  }

  private async removeOldest(): Promise<void> {
    const { prepared } = this.source;
    const names = (await readdir(prepared)).filter((name) => /^baseline\.[0-9a-f]+\.json\.gz$/.test(name));
    const aged = await Promise.all(
      names.map(async (name) => ({
        file: join(prepared, name),
        age: (await stat(join(prepared, name))).mtimeMs,
      })),
    );
    const old = aged.sort((a, b) => b.age - a.age).slice(MOST_FILES);
    await Promise.all(old.map(({ file }) => rm(file, { force: true })));
  }
}

/** The baseline of a file, where it is there, whole and of this key. */
async function read(file: string, key: string): Promise<Baseline | undefined> {
  try {
    const text = await promisify(gunzip)(await readFile(file));
    const { key: kept, ...flat } = Stored.parse(JSON.parse(text.toString()));
    return kept === key ? unflatten(flat) : undefined;
  } catch {
    return undefined;
  }
}
