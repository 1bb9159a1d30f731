import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { ParityMeasure } from '../../features/activation/parity.js';
import { PARITY_PASSAGES } from '../../features/activation/parityText.js';
import { writeAtomically } from '../../weights/files/atomicFile.js';
import type { ModelSource, SaeSource } from '../../weights/files/source.js';
import type { Sae } from '../../weights/sae/index.js';

const Stored = z.record(
  z.string(),
  z.object({ fingerprint: z.string(), l0: z.number(), explainedVariance: z.number() }),
);

/**
 * The parity checks that were made of a model's SAEs, in `<prepared>/parity.json`, one for each hook point and
 * dtype. A check is good for the very files, text and settings it was made with. Keeping them is a convenience: what
 * cannot be read or written is measured again.
 */
export class ParityStore {
  private constructor(
    private readonly file: string,
    private readonly key: string,
    private readonly fingerprint: string,
  ) {}

  static async of(model: ModelSource, place: SaeSource, sae: Sae): Promise<ParityStore> {
    const names = (await readdir(model.folder)).filter((name) => /\.(json|safetensors|gguf)$/.test(name));
    const files = [...names.sort().map((name) => join(model.folder, name)), ...sae.files];
    const states = await Promise.all(
      files.map(async (file) => {
        const { size, mtimeMs } = await stat(file);
        return [basename(file), size, mtimeMs];
      }),
    );
    const settings = [place.centered ?? null, place.normScalingFactor ?? null];
    const hash = createHash('sha256');
    hash.update(JSON.stringify([states, settings, PARITY_PASSAGES]));
    const key = `${place.hook} ${model.dtype}`;
    return new ParityStore(join(model.prepared, 'parity.json'), key, hash.digest('hex'));
  }

  /** The measure of these files, where one was kept. */
  async read(): Promise<ParityMeasure | undefined> {
    const entry = new Map(Object.entries(await this.entries())).get(this.key);
    if (entry?.fingerprint !== this.fingerprint) return undefined;
    const { l0, explainedVariance } = entry;
    return { l0, explainedVariance };
  }

  async keep({ l0, explainedVariance }: ParityMeasure): Promise<void> {
    const { fingerprint } = this;
    const entries = { ...(await this.entries()), [this.key]: { fingerprint, l0, explainedVariance } };
    try {
      await writeAtomically(this.file, (handle) => handle.writeFile(`${JSON.stringify(entries, null, 2)}\n`));
    } catch {
      // A read-only folder: the next process measures again.
    }
  }

  private async entries(): Promise<z.infer<typeof Stored>> {
    try {
      return Stored.parse(JSON.parse(await readFile(this.file, 'utf8')));
    } catch {
      return {};
    }
  }
}
