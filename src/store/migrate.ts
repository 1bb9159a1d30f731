import { type Kysely, Migrator } from 'kysely';
import { InputError } from '../core/index.js';
import type { Database } from './database.js';
import { MIGRATIONS } from './migrations/index.js';

/** Where Kysely notes which migrations a database has. */
const LEDGER = 'kysely_migration';

/**
 * Brings a database's tables to what this program expects. Processes that start at once wait for each other; one
 * that ends half-way leaves the database as it was.
 *
 * @throws {InputError} when a newer program has changed the tables
 */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: LEDGER,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const unknown = await unknownMigrations(database).catch(() => []);
  if (unknown.length === 0) throw error;
  throw new InputError(
    `The store was written by a newer ghosttree (it has ${unknown.join(', ')}): install that version again, or use a backup from before it.`,
  );
}

async function unknownMigrations(database: Database): Promise<string[]> {
  const rows = await (database as unknown as Kysely<{ [LEDGER]: { name: string } }>)
    .selectFrom(LEDGER)
    .select('name')
    .execute();
  return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
}
