import type { Migration } from 'kysely';
import * as store from './0001-store.js';
import * as daily from './0002-daily.js';
import * as installations from './0003-installations.js';
import * as operating from './0004-operating.js';
import * as unfinished from './0005-unfinished.js';
import * as versions from './0006-versions.js';

/**
 * Every change of the tables so far, in the order of the names. Those that a database lacks are made in one transaction
 * when it is opened, on SQLite and PostgreSQL.
 *
 * To add a subject, say `schedules`:
 * 1. `migrations/0002-daily.ts` exports `up` and makes its tables; one line below names it. Write it with Kysely's
 *    schema builder, so that it runs on both databases: `text`, `integer`, and `bigint` for times (milliseconds
 *    since 1970, read back as a number on both). A migration that was ever released is never edited: the next
 *    change is the next file.
 * 2. `schedules.ts` beside `threads.ts` exports the rows' types and one function that makes the subject out of a
 *    `Database`. What two processes may do at once is one statement (`INSERT .. ON CONFLICT ..`, `UPDATE .. WHERE`
 *    the state that is expected, then the count of rows) rather than a read and a write.
 * 3. One line each in `Tables` (database.ts) and in `Store` and `openStore` (index.ts).
 * 4. A test file in test/store with `describe.each(databases)`, which runs on both.
 */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-store': store,
  '0002-daily': daily,
  '0003-installations': installations,
  '0004-operating': operating,
  '0005-unfinished': unfinished,
  '0006-versions': versions,
};
