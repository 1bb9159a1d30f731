import type { Kysely } from 'kysely';

/** Hourly allowances, settings of channels and workspaces, and who changed what. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('allowances')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('full_at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('settings')
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('settings_key', ['place', 'name'])
    .execute();
  await database.schema
    .createTable('audit')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('who', 'text', (column) => column.notNull())
    .addColumn('workspace', 'text')
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('before', 'text', (column) => column.notNull())
    .addColumn('after', 'text', (column) => column.notNull())
    .execute();
  await database.schema.createIndex('audit_at').on('audit').column('at').execute();
}
