import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Unpacked, a file stays in memory. */
const MOST_BYTES = 1e9;

const unpack = promisify(gunzip);

/**
 * A gzipped file with a JSON object a line for each feature, which begins with `hook` and `feature`. A line is read when it
 * is asked for.
 */
export class FeatureLines {
  private constructor(private readonly lines: Buffer) {}

  /** @returns undefined where there is no such file @throws Error when it is damaged */
  static async read(file: string): Promise<FeatureLines | undefined> {
    if (!existsSync(file)) return undefined;
    // Unpacked in a thread, so that a chat bot answers its platform meanwhile.
    return new FeatureLines(await unpack(await readFile(file), { maxOutputLength: MOST_BYTES }));
  }

  /** The lines of a hook point, in the order of the file. */
  *all(hook: string): Generator<string> {
    for (const at of this.starts(hook)) yield this.from(at);
  }

  /** How the lines of a hook point begin, behind its name. */
  *beginnings(hook: string, bytes: number): Generator<string> {
    const length = Buffer.byteLength(startOf(hook));
    for (const at of this.starts(hook)) yield this.lines.toString('latin1', at + length, at + length + bytes);
  }

  /** @returns undefined where the feature has no line */
  of(hook: string, feature: number): string | undefined {
    const at = this.lines.indexOf(`${startOf(hook)}"feature":${feature},`);
    return at < 0 ? undefined : this.from(at);
  }

  private *starts(hook: string): Generator<number> {
    const start = startOf(hook);
    for (let at = this.lines.indexOf(start); at >= 0; at = this.lines.indexOf(start, at + 1)) yield at;
  }

  private from(at: number): string {
    const end = this.lines.indexOf('\n', at);
    return this.lines.toString('utf8', at, end < 0 ? undefined : end);
  }
}

/** Inside a text the quotes would be written \", so that nothing else reads like this. */
function startOf(hook: string): string {
  return `{"hook":${JSON.stringify(hook)},`;
}
