import type { Kysely } from 'kysely';

/** Schedules of channels, their posts, and the votes on those. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable('schedules')
    .addColumn('channel', 'text', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('zone', 'text', (column) => column.notNull())
    .addColumn('days', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('layer', 'integer')
    .addColumn('pick', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('set_by', 'text', (column) => column.notNull())
    .addColumn('hastened', 'text')
    .execute();
  await database.schema
    .createTable('posts')
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('line', 'text')
    .addColumn('model', 'text')
    .addColumn('layer', 'integer')
    .addColumn('feature', 'integer')
    .addColumn('message', 'text', (column) => column.unique())
    .addColumn('parts', 'integer', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('note', 'text')
    .addPrimaryKeyConstraint('posts_of_days', ['channel', 'day'])
    .execute();
  await database.schema
    .createTable('votes')
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('reaction', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('votes_of_people', ['message', 'person', 'reaction'])
    .execute();
}
