import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { InputError } from '../core/index.js';
import { sqliteFailure } from './engine/failures.js';
import { isPostgres } from './engine/postgres.js';
import { checkWhole, makePrivateFile, openLibrary } from './engine/sqlite.js';

/**
 * Copies a SQLite store as it is at one moment, even while others write to it. The copy gets its name only when it is
 * whole and on the disk.
 *
 * @throws {InputError} when there is no such store, the copy's file exists, or the disk is full
 */
export function backupStore(location: string, copy: string): void {
  if (isPostgres(location))
    throw new InputError('The store is in PostgreSQL: copy it with pg_dump (docs/operating.md).');
  if (!existsSync(location)) throw new InputError(`There is no store ${location}: is GHOSTTREE_STORE right?`);
  if (existsSync(copy)) throw new InputError(`${copy} is there already: name another file.`);
  const unfinished = `${copy}.unfinished`;
  try {
    rmSync(unfinished, { force: true });
    makePrivateFile(unfinished);
    copyInto(unfinished, location);
    keep(unfinished);
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const failure = sqliteFailure(error, location) as Error;
    throw new InputError(`No backup was made. ${failure.message}`);
  }
}

/** https://www.sqlite.org/lang_vacuum.html#vacuuminto */
function copyInto(copy: string, file: string): void {
  const library = openLibrary(file);
  try {
    library.prepare('VACUUM INTO ?').run([copy]);
  } finally {
    library.close();
  }
  const written = openLibrary(copy);
  try {
    checkWhole(written, copy);
  } finally {
    written.close();
  }
}

/** Waits until a file is on the disk. */
function keep(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
