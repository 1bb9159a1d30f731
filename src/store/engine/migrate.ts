import { type Kysely, type Migration, Migrator } from 'kysely';
import { MIGRATIONS } from '../migrations/index.js';
import type { Database } from './database.js';
import { StoreError } from './failures.js';

/** Kysely's table of the migrations that a database has. */
const LEDGER = 'kysely_migration';

/**
 * Brings a database's tables to what this program expects, in one transaction, so that an interruption leaves them
 * unchanged. Processes that start at once wait for each other.
 *
 * @throws {StoreError} when a newer program has changed the tables
 */
export async function migrate(
  database: Database,
  migrations: Record<string, Migration> = MIGRATIONS,
): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrations },
    migrationTableName: LEDGER,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof StoreError) throw error;
  const applied = await appliedMigrations(database).catch(() => []);
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) throw error;
  const version = await lastVersion(database).catch(() => undefined);
  const by = version ? `; ${version} was the last to come` : '';
  throw new StoreError(
    `The store was written by a newer ghosttree (it has ${unknown.join(', ')}${by}): install that version again, or restore a backup from before it.`,
  );
}

/** The version of the program that was the last to open the store for the first time. */
async function lastVersion(database: Database): Promise<string | undefined> {
  const row = await database
    .selectFrom('versions')
    .select('version')
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.version;
}

async function appliedMigrations(database: Database): Promise<string[]> {
  const rows = await (database as unknown as Kysely<{ [LEDGER]: { name: string } }>)
    .selectFrom(LEDGER)
    .select('name')
    .execute();
  return rows.map(({ name }) => name);
}
