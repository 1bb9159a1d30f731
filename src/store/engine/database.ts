import type { Kysely } from 'kysely';
import type { Tables } from './schema.js';

/** What a subject reads and writes, whichever database is behind it. */
export type Database = Kysely<Tables>;

/** Milliseconds since 1970; tests have clocks of their own. */
export type Clock = () => number;

/** An open database of one of the kinds. */
export interface OpenedDatabase {
  database: Database;
  close(): Promise<void>;
}
