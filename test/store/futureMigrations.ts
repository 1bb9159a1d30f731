import { type Kysely, type Migration, sql } from 'kysely';
import { MIGRATIONS } from '../../src/store/migrations/index.js';

/** This version's migrations and one of a later version, which calls back when it has done half of its work. */
export function futureMigrations(halfWay: () => Promise<void> = async () => {}): Record<string, Migration> {
  const up = async (database: Kysely<unknown>) => {
    await database.schema.createTable('future').addColumn('line', 'text').execute();
    await sql`INSERT INTO future (line) SELECT line FROM threads`.execute(database);
    await sql`DELETE FROM threads`.execute(database);
    await halfWay();
    await database.schema.dropTable('threads').execute();
  };
  return { ...MIGRATIONS, '9999-future': { up } };
}
