import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Dialect, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import Libsql from 'libsql';
import type { Database, OpenedDatabase } from './database.js';
import { type PatientDatabase, PatientDriver, patiently } from './patientDriver.js';

/** How long SQLite itself waits for a lock, which blocks this process; PatientDriver has the rest of the patience. */
const BUSY_MILLISECONDS = 10;

/** A database that is forgotten when it is closed. */
export const IN_MEMORY = ':memory:';

/**
 * Opens a SQLite file, made when missing with the folders above it.
 *
 * @param file path of the file, or ":memory:"
 */
export async function openSqlite(file: string): Promise<OpenedDatabase> {
  if (file !== IN_MEMORY) mkdirSync(dirname(file), { recursive: true });
  const library = new Libsql(file, { timeout: BUSY_MILLISECONDS }) as unknown as PatientDatabase;
  const database: Database = new Kysely({ dialect: dialect(library) });
  const close = async () => {
    // With all of it in the file itself, a copy of the closed file is a whole copy. Another process may still write.
    await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(database).catch(() => {});
    await database.destroy();
  };
  try {
    if (file !== IN_MEMORY) await patiently(() => library.exec('PRAGMA journal_mode = WAL'));
    // What was acknowledged is on the disk, also after a power cut.
    library.exec('PRAGMA synchronous = FULL');
    library.exec('PRAGMA foreign_keys = ON');
  } catch (error) {
    library.close();
    throw error;
  }
  return { database, close };
}

function dialect(library: PatientDatabase): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new PatientDriver(library),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** SQLite can change tables within a transaction; with this answer Kysely's migrations do. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
