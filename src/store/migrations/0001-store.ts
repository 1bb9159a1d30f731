import type { Kysely } from 'kysely';

/** Threads, buttons and events. Files older than migrations already have these tables, which stay unchanged. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('threads')
    .ifNotExists()
    .addColumn('thread', 'text', (column) => column.primaryKey())
    .addColumn('line', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('buttons')
    .ifNotExists()
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('line', 'text', (column) => column.notNull())
    .addColumn('wants', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await database.schema
    .createTable('events')
    .ifNotExists()
    .addColumn('event', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
}
