import type { Kysely } from 'kysely';
import type { Tables } from './schema.js';

/** The tables that a subject reads and writes, in either kind of database. */
export type Database = Kysely<Tables>;

/** Does all of `work` or nothing of it, as part of the transaction that is under way, if there is one. */
export function inTransaction<Result>(
  database: Database,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  return database.isTransaction ? work(database) : database.transaction().execute(work);
}

/** Milliseconds since 1970; tests pass other clocks. */
export type Clock = () => number;

/** An open database of either kind. */
export interface OpenedDatabase {
  database: Database;
  close(): Promise<void>;
}
