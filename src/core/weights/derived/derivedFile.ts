import { createHash } from 'node:crypto';
import { lstat, readdir, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Lock, waitForLock } from '../../../files/lock.js';
import { version as programVersion } from '../../../files/version.js';
import { Checkpoint } from '../files/checkpoint.js';
import { readMetadata } from '../files/checksum.js';
import { explainedWriteError, type TensorToWrite, writeSafetensors } from '../files/safetensorsWriter.js';

/** How long a computed result waits for the lock under which it is written, in milliseconds. */
const PATIENCE = 2_000;
/** Smaller files are read again in less time than it is worth to remember that they were whole. */
const LARGE_BYTES = 10e6;
/** A file younger than this may change again within one tick of its clock; in milliseconds. */
const SETTLED = 2_000;

/** What is derived, and what from. */
export interface Derivation {
  /** Begins the file's name, such as `weights.q8` or `blocks.1.hook_resid_post.encoder`. */
  name: string;
  /** Raised when the same sources give another result, or it is written in another way. */
  version: number;
  /** Absolute paths of the files that it is derived from. */
  sources: readonly string[];
  /** What else it depends on, as plain data. */
  settings?: unknown;
  /** How many of this name are kept, those used last; default 1: others are of older files. */
  most?: number;
}

/**
 * A file derived from others, which is there whole and made of these very sources, or is not there: a safetensors file
 * whose metadata hold a fingerprint of what it was derived from and a checksum of all of it.
 *
 * One process at a time writes the files of one name; a lock beside them, `<name>.lock`, sees to that.
 */
export class DerivedFile {
  private constructor(
    /** Absolute path. */
    readonly path: string,
    private readonly fingerprint: string,
    private readonly derivation: Derivation,
  ) {}

  /**
   * Where a derivation lies, or will: `<folder>/<name>.<fingerprint>.safetensors`.
   *
   * @throws the file system's error when a source is missing
   */
  static async in(folder: string, derivation: Derivation): Promise<DerivedFile> {
    const fingerprint = await fingerprintOf(derivation, true);
    const file = `${derivation.name}.${fingerprint.slice(0, 12)}.safetensors`;
    return new DerivedFile(join(folder, file), fingerprint, derivation);
  }

  /** A derivation that ships with its sources, which may have been written at any time. */
  static async shipped(file: string, derivation: Derivation): Promise<DerivedFile> {
    return new DerivedFile(file, await fingerprintOf(derivation, false), derivation);
  }

  /** The file's tensors; undefined where there is no file of these sources, or it is damaged. */
  async open(): Promise<Checkpoint | undefined> {
    try {
      const { path, derivation } = this;
      if (!(await lstat(path).catch(() => undefined))) return undefined;
      if ((await wholeFingerprint(path)) !== this.fingerprint) return undefined;
      if (derivation.most) await utimes(path, new Date(), new Date()).catch(() => {});
      return await Checkpoint.openFile(path);
    } catch {
      this.warn();
      return undefined;
    }
  }

  /** Warns once that the file is left aside. */
  private warn(): void {
    if (warned.has(this.path)) return;
    warned.add(this.path);
    process.stderr.write(
      `${basename(this.path)} is damaged or cannot be read: it is left aside. [${this.path}]\n`,
    );
  }

  /**
   * The file as it is, else written now, or by another process that is writing it already.
   *
   * @param onWait awaited while another writes; throwing ends the wait
   * @throws {InputError} when the disk is full or the folder cannot be written
   */
  async make(
    tensors: () => readonly TensorToWrite[],
    onWait: () => void | Promise<void> = () => {},
  ): Promise<Checkpoint> {
    return (
      (await this.open()) ??
      this.locked(onWait, async () => {
        const writtenMeanwhile = await this.open();
        if (writtenMeanwhile) return writtenMeanwhile;
        await this.write(tensors());
        return Checkpoint.openFile(this.path);
      })
    );
  }

  /**
   * Keeps a result that is computed already, where the folder can be written.
   *
   * @returns whether it is kept
   */
  async keep(tensors: readonly TensorToWrite[]): Promise<boolean> {
    try {
      const onWait = (milliseconds: number) => {
        if (milliseconds > PATIENCE) throw new Error('another process writes');
      };
      await this.locked(onWait, () => this.write(tensors));
      return true;
    } catch {
      // The next process computes it again.
      return false;
    }
  }

  /** Writes the file, and removes what stands in its place; for what ships: no other process writes there. */
  async write(tensors: readonly TensorToWrite[]): Promise<void> {
    if ((await lstat(this.path).catch(() => undefined))?.isFile() !== true)
      await rm(this.path, { recursive: true, force: true });
    const metadata = { fingerprint: this.fingerprint, version: programVersion() };
    await writeSafetensors(this.path, tensors, metadata);
  }

  private async locked<T>(
    onWait: (milliseconds: number) => void | Promise<void>,
    work: () => Promise<T>,
  ): Promise<T> {
    let lock: Lock | undefined;
    try {
      lock = await waitForLock(join(dirname(this.path), `${this.derivation.name}.lock`), onWait);
      await this.removeParts();
      const result = await work();
      await this.removeStale();
      return result;
    } catch (error) {
      throw explainedWriteError(this.path, error);
    } finally {
      await lock?.release();
    }
  }

  /** Removes what processes that ended too early left: nobody else writes files of this name now. */
  private async removeParts(): Promise<void> {
    const parts = (await this.namesakes()).filter((file) => file.endsWith('.part'));
    await Promise.allSettled(parts.map((file) => rm(file, { force: true })));
  }

  /** Removes files of older sources, or those used longest ago. */
  private async removeStale(): Promise<void> {
    const others = (await this.namesakes()).filter((file) => !file.endsWith('.part') && file !== this.path);
    const aged = await Promise.all(
      others.map(async (file) => ({ file, used: (await lstat(file).catch(() => undefined))?.mtimeMs ?? 0 })),
    );
    const stale = aged.sort((a, b) => b.used - a.used).slice((this.derivation.most ?? 1) - 1);
    await Promise.allSettled(stale.map(({ file }) => rm(file, { recursive: true, force: true })));
  }

  private async namesakes(): Promise<string[]> {
    const name = this.derivation.name.replaceAll('.', '\\.');
    const pattern = new RegExp(`^${name}\\.[0-9a-f]{12}\\.safetensors(\\.[0-9a-f-]{36}\\.part)?$`);
    const folder = dirname(this.path);
    const names = (await readdir(folder)).filter((file) => pattern.test(file));
    return names.map((file) => join(folder, file));
  }
}

/**
 * Equal for the same derivation of files of the same sizes, wherever they lie.
 *
 * @param times whether the files must not have been written again since, either
 */
async function fingerprintOf(
  { name, version, sources, settings }: Derivation,
  times: boolean,
): Promise<string> {
  const facts = await Promise.all(
    sources.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return times ? [size, Math.floor(mtimeMs)] : [size];
    }),
  );
  return createHash('sha256')
    .update(JSON.stringify([name, version, facts, settings]))
    .digest('hex');
}

/** Paths of files that a warning named. */
const warned = new Set<string>();

/** By path, the files that were whole when they were read, with their state in the file system then. */
const whole = new Map<string, { state: string; fingerprint: string | undefined }>();

/** The fingerprint in a file that is whole; an unchanged file is checked once. @throws Error when it is damaged */
async function wholeFingerprint(file: string): Promise<string | undefined> {
  const facts = await stat(file, { bigint: true });
  // Reading from anything else may wait for ever.
  if (!facts.isFile()) throw new Error('no file');
  const state = [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join();
  const earlier = whole.get(file);
  if (earlier?.state === state) return earlier.fingerprint;
  const { fingerprint } = await readMetadata(file);
  if (facts.size > LARGE_BYTES && Date.now() - Number(facts.ctimeMs) > SETTLED)
    whole.set(file, { state, fingerprint });
  else whole.delete(file);
  return fingerprint;
}
