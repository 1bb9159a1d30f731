import type { Kysely } from 'kysely';
import type { Tables } from './schema.js';

/** What a subject reads and writes, whichever database is behind it. */
export type Database = Kysely<Tables>;

/** Does several things or none of them; within a transaction that is under way as a part of it. */
export function inTransaction<Result>(
  database: Database,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  return database.isTransaction ? work(database) : database.transaction().execute(work);
}

/** Milliseconds since 1970; tests have clocks of their own. */
export type Clock = () => number;

/** An open database of one of the kinds. */
export interface OpenedDatabase {
  database: Database;
  close(): Promise<void>;
}
