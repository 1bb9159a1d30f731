import { randomBytes } from 'node:crypto';
import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { InputError } from '../../core/index.js';

/** What `--out` writes, by the file's ending. */
const FORMATS = { '.png': 'picture', '.json': 'report', '.txt': 'text' } as const;
export type OutFormat = (typeof FORMATS)[keyof typeof FORMATS];

const POSSIBLE = 'it writes a picture (.png), the report (.json) or the text (.txt)';

/** Where `--out` writes to, and what. */
export interface Out {
  format: OutFormat;
  /** A file or folder; `-` for standard output. */
  path: string;
}

/**
 * Reads the value of `--out`. A folder, a device and standard output (`-`) get the picture.
 *
 * @throws {InputError} when the ending names nothing that can be written, or nothing can be written there
 */
export function readOut(path: string, stdout: Pick<NodeJS.WriteStream, 'isTTY'>): Out {
  if (path === '-') {
    if (stdout.isTTY)
      throw new InputError(
        'A picture is not written to a terminal: name a file with --out, or add > tree.png',
      );
    return { path, format: 'picture' };
  }
  const kind = kindOf(path);
  const isSpecial = kind !== undefined && !kind.isFile();
  const ending = extname(path).toLowerCase();
  const format = isSpecial ? 'picture' : new Map<string, OutFormat>(Object.entries(FORMATS)).get(ending);
  if (!format) {
    const what = ending ? `--out cannot write ${ending}` : `--out needs a file name with an ending`;
    throw new InputError(`${what}: ${POSSIBLE}, as in: --out tree.png`);
  }
  checkWritable(path);
  return { path, format };
}

/**
 * Writes a whole file, or nothing: two programs that write the same one do not mix.
 *
 * @throws {InputError} says why it cannot be written
 */
export async function writeWhole(file: string, content: Buffer | string): Promise<void> {
  // Devices, pipes and links stay what they are, and so does a file in a folder where none may be added.
  if (!isReplaceable(file)) {
    await writeFile(file, content).catch((error: unknown) => {
      throw notWritable(file, error);
    });
    return;
  }
  const part = join(dirname(file), `.${randomBytes(6).toString('hex')}.part`);
  try {
    await writeFile(part, content, { flag: 'wx' });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw notWritable(file, error);
  }
}

/** The file for a picture that was given no name, or a folder. */
export function fileFor(out: Out | undefined, name: string): string {
  if (out === undefined) return name;
  return isFolder(out.path) ? join(out.path, name) : out.path;
}

/** Finds out before the work whether its result can be written. @throws {InputError} */
function checkWritable(path: string): void {
  const exists = kindOf(path) !== undefined;
  try {
    if (!exists && !statSync(dirname(path)).isDirectory())
      throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(exists ? path : dirname(path), constants.W_OK);
  } catch (error) {
    throw notWritable(path, error);
  }
}

function isReplaceable(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK);
    const kind = lstatSync(file, { throwIfNoEntry: false });
    return kind === undefined || kind.isFile();
  } catch {
    return false;
  }
}

function notWritable(file: string, error: unknown): InputError {
  const { code } = error as NodeJS.ErrnoException;
  const reasons = new Map([
    ['ENOENT', 'its folder does not exist'],
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the disk is read-only'],
    ['ENAMETOOLONG', 'its name is too long'],
    ['ENOTDIR', 'a file has the name of its folder'],
    ['EISDIR', 'a folder has that name'],
  ]);
  const why = reasons.get(code ?? '') ?? `no permission (${code})`;
  return new InputError(
    `${basename(file)} cannot be written (${why}): name another file with --out. [${file}]`,
  );
}

function isFolder(path: string): boolean {
  return kindOf(path)?.isDirectory() ?? false;
}

/** What is at a path; undefined for nothing, or where we may not look. */
function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
