import type { Kysely } from 'kysely';

/** Which versions of the program opened the store. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('versions')
    .addColumn('version', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
}
