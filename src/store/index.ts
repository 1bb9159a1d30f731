import { InputError } from '../core/index.js';
import { type Buttons, buttons } from './buttons.js';
import type { Clock, Database, OpenedDatabase } from './database.js';
import { type Events, events } from './events.js';
import { StoreError } from './failures.js';
import { type Installations, installations } from './installations.js';
import type { Keyring } from './keyring.js';
import { migrate } from './migrate.js';
import { isPostgres, openPostgres } from './postgres.js';
import { posts } from './posts.js';
import type { ScheduleBook } from './scheduleBook.js';
import { schedules } from './schedules.js';
import { openSqlite } from './sqlite.js';
import { type Threads, threads } from './threads.js';
import { votes } from './votes.js';

export { backupStore } from './backup.js';
export type { ButtonAction } from './buttons.js';
export { StoreError } from './failures.js';
export type { Installations } from './installations.js';
export { type Keyring, newKey, readKeys } from './keyring.js';
export {
  type DailyPost,
  FINAL_STATES,
  type PickBy,
  type PostChanges,
  type PostState,
  type RankedPost,
  type Schedule,
  type ScheduleBook,
  type ShownFeature,
} from './scheduleBook.js';

/**
 * What must survive a restart. Several processes may have the same one open. What was written is on the disk when
 * the promise is kept; every call may throw a StoreError.
 */
export interface Store extends Threads, Buttons, Events {
  /** The features of the day. */
  schedules: ScheduleBook;
  /** Slack workspaces, encrypted. */
  installations: Installations;
  /** Reads something trivial. @throws {StoreError} when the database does not answer, after seconds of patience */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** @default Date.now */
  now?: Clock;
  /** For what is encrypted in it. Without them nothing encrypted can be read or written. */
  keys?: Keyring | undefined;
}

/** Buttons and threads are kept this long after they were last written. */
const MEMORY_MILLISECONDS = 365 * 24 * 3600 * 1000;

/**
 * Opens the store and brings its tables up to date.
 *
 * @param location path of a SQLite file, made when missing; ":memory:" for one that is forgotten; or the
 *   `postgres://` address of a PostgreSQL database
 * @throws {InputError} when it cannot be reached, is damaged, or was written by a newer version
 */
export async function openStore(
  location: string,
  { now = Date.now, keys }: StoreOptions = {},
): Promise<Store> {
  const { database, close } = await openDatabase(location, now() - MEMORY_MILLISECONDS);
  return {
    ...threads(database, now),
    ...buttons(database, now),
    ...events(database, now),
    installations: installations(database, now, keys),
    schedules: { ...schedules(database), ...posts(database, now), ...votes(database) },
    async check() {
      await database.selectFrom('events').select('at').limit(1).execute();
    },
    close,
  };
}

async function openDatabase(location: string, oldest: number): Promise<OpenedDatabase> {
  let opened: OpenedDatabase | undefined;
  try {
    opened = isPostgres(location) ? openPostgres(location) : await openSqlite(location);
    await migrate(opened.database);
    await forget(opened.database, oldest);
    return opened;
  } catch (error) {
    await opened?.close();
    throw error instanceof StoreError ? new InputError(error.message) : error;
  }
}

async function forget(database: Database, oldest: number): Promise<void> {
  await database.deleteFrom('threads').where('at', '<', oldest).execute();
  await database.deleteFrom('buttons').where('at', '<', oldest).execute();
}
