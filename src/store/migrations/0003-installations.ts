import type { Kysely } from 'kysely';

/** Installations in workspaces, encrypted. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('installations')
    .addColumn('team', 'text', (column) => column.primaryKey())
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('sealed', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
}
