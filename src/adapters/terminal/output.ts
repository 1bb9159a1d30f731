import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { InputError } from '../../core/index.js';
import { writeWhole } from '../../files/wholeFile.js';
import { whyNotWritten } from '../../files/whyNotWritten.js';

/** What `--out` writes, by the file's ending. */
const FORMATS = {
  '.png': 'picture',
  '.svg': 'svg',
  '.scene.json': 'scene',
  '.json': 'report',
  '.txt': 'text',
} as const;
export type OutFormat = (typeof FORMATS)[keyof typeof FORMATS];

const POSSIBLE = 'it writes a picture (.png, .svg, .scene.json), the report (.json) or the text (.txt)';

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
  const file = basename(path).toLowerCase();
  const named = Object.entries(FORMATS).find(([known]) => file.endsWith(known) && file !== known);
  const format = isSpecial ? 'picture' : named?.[1];
  if (!format) {
    const what = ending ? `--out cannot write ${ending}` : `--out needs a file name with an ending`;
    throw new InputError(`${what}: ${POSSIBLE}, as in: --out tree.png`);
  }
  checkWritable(path);
  return { path, format };
}

/** Whether a format is one of a picture. */
export function isPicture(format: OutFormat): boolean {
  return format === 'picture' || format === 'svg' || format === 'scene';
}

/**
 * Writes a whole file, or nothing; into a file in a folder where none may be added, directly.
 *
 * @throws {InputError} says why it cannot be written
 */
export async function writeOut(file: string, content: Buffer | string): Promise<void> {
  const write = kindOf(file) && !mayWrite(dirname(file)) ? writeFile : writeWhole;
  await write(resolve(file), content).catch((error: unknown) => {
    throw notWritable(file, error);
  });
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

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function notWritable(file: string, error: unknown): InputError {
  // Whatever else the file system says is no fault of the program, either.
  const why = whyNotWritten(error) ?? `the system refuses it (${(error as NodeJS.ErrnoException).code})`;
  return new InputError(
    `${basename(file)} cannot be written: ${why}. Name another file with --out. [${file}]`,
  );
}

function isFolder(path: string): boolean {
  return kindOf(path)?.isDirectory() ?? false;
}

/** Whether a path is that of a file, rather than of a device or pipe. */
export function isPlainFile(path: string): boolean {
  return kindOf(path)?.isFile() ?? false;
}

/** What is at a path; undefined for nothing, or where we may not look. */
function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
