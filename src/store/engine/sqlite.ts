import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Dialect, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import Libsql from 'libsql';
import type { Database, OpenedDatabase } from './database.js';
import { sqliteFailure } from './failures.js';
import { patiently } from './patience.js';
import { isLocked, PatientSqliteDriver, type SqliteLibrary } from './sqliteDriver.js';
import { areTexts } from './texts.js';

/** How long SQLite itself waits for a lock, which blocks this process; the driver waits for the rest. */
const BUSY_MILLISECONDS = 10;

/** A database that is gone when it is closed. */
const IN_MEMORY = ':memory:';

/**
 * Opens a SQLite file, made when missing with the folders above it, and checks that it is whole.
 *
 * @param file path of the file, or ":memory:"
 * @throws {StoreError} when it cannot be opened, is locked for seconds, or is damaged
 */
export async function openSqlite(file: string): Promise<OpenedDatabase> {
  try {
    if (file !== IN_MEMORY) makePrivateFile(file);
    const library = openLibrary(file);
    try {
      await prepare(library, file);
    } catch (error) {
      library.close();
      throw error;
    }
    const database: Database = new Kysely({ dialect: dialect(library, file) });
    return { database, close: () => close(database) };
  } catch (error) {
    throw sqliteFailure(error, file);
  }
}

/** Makes a file that only its owner may read, unless it exists; SQLite gives the files beside it the same rights. */
export function makePrivateFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  closeSync(openSync(file, 'a', 0o600));
}

/** Opens the file and does nothing else. */
export function openLibrary(file: string): SqliteLibrary {
  return new Libsql(file, { timeout: BUSY_MILLISECONDS }) as unknown as SqliteLibrary;
}

/**
 * Checks every page of a file and all references in it.
 *
 * @throws {StoreError} when something is damaged
 */
export function checkWhole(library: SqliteLibrary, file: string): void {
  const texts = areTexts(library) ? undefined : 'a text is not UTF-8';
  const [row] = texts
    ? [{ quick_check: texts }]
    : (library.prepare('PRAGMA quick_check(1)').all([]) as { quick_check: string }[]);
  if (row?.quick_check === 'ok') return;
  throw sqliteFailure(Object.assign(new Error(row?.quick_check), { code: 'SQLITE_CORRUPT' }), file);
}

async function prepare(library: SqliteLibrary, file: string): Promise<void> {
  if (file !== IN_MEMORY) {
    // Readers and a writer do not wait for each other.
    await patiently(() => library.exec('PRAGMA journal_mode = WAL'), isLocked);
  }
  library.exec('PRAGMA foreign_keys = ON');
  checkWhole(library, file);
}

async function close(database: Database): Promise<void> {
  // With everything in the file itself, it can be copied when closed; this fails while another process writes.
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(database).catch(() => {});
  await database.destroy();
}

function dialect(library: SqliteLibrary, file: string): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new PatientSqliteDriver(library, file),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite can change tables within a transaction; saying so makes Kysely's migrations do it. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
