import { sql } from 'kysely';
import { InputError } from '../core/index.js';
import { type Allowances, allowances } from './allowances.js';
import { type Audit, audit } from './audit.js';
import { audited } from './auditedSchedules.js';
import { type Buttons, buttons } from './buttons.js';
import type { Clock, Database } from './database.js';
import { type Events, events } from './events.js';
import { migrate } from './migrate.js';
import { isPostgres, openPostgres } from './postgres.js';
import { posts } from './posts.js';
import type { ScheduleBook } from './scheduleBook.js';
import { schedules } from './schedules.js';
import { type PlaceSettings, settings } from './settings.js';
import { openSqlite } from './sqlite.js';
import { type Threads, threads } from './threads.js';
import { votes } from './votes.js';

export type { Allowance } from './allowances.js';
export type { Audit, AuditEntry, Author } from './audit.js';
export type { ButtonAction } from './buttons.js';
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
export type { PlaceSettings, Settings } from './settings.js';

/** What must survive a restart. Several processes may have the same one open. */
export interface Store extends Threads, Buttons, Events {
  /** The features of the day. */
  schedules: ScheduleBook;
  /** Questions of an hour. */
  allowances: Allowances;
  /** Defaults of channels and workspaces. */
  settings: PlaceSettings;
  /** Who changed schedules and settings. */
  audit: Audit;
  /** Asks the database something trivial. @throws when it does not answer */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** @default Date.now */
  now?: Clock;
  /** How long entries of the audit are kept. @default 365 */
  auditDays?: number;
}

const AUDIT_DAYS = 365;
const DAY_MILLISECONDS = 24 * 3600 * 1000;
/** Buttons and threads are kept this long after they were last written. */
const MEMORY_MILLISECONDS = 365 * 24 * 3600 * 1000;

/**
 * Opens the store and brings its tables up to date.
 *
 * @param location path of a SQLite file, made when missing; ":memory:" for one that is forgotten; or the
 *   `postgres://` address of a PostgreSQL database
 * @throws {InputError} when it cannot be opened, is no database, or was written by a newer version
 */
export async function openStore(
  location: string,
  { now = Date.now, auditDays = AUDIT_DAYS }: StoreOptions = {},
): Promise<Store> {
  const { database, close } = await opened(location);
  const entries = audit(database);
  const book = { ...schedules(database), ...posts(database, now), ...votes(database) };
  return {
    ...threads(database, now),
    ...buttons(database, now),
    ...events(database, now),
    schedules: audited(book, entries, now),
    allowances: allowances(database, now),
    settings: settings(database, now),
    audit: entries,
    async check() {
      await sql`SELECT 1`.execute(database);
    },
    close,
  };

  async function opened(place: string) {
    try {
      const open = isPostgres(place) ? openPostgres(place) : await openSqlite(place);
      try {
        await migrate(open.database);
        await forget(open.database, now() - MEMORY_MILLISECONDS);
        await forgetAudit(open.database, now() - auditDays * DAY_MILLISECONDS);
        return open;
      } catch (error) {
        await open.close();
        throw error;
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      const { code, message } = error as { code?: string; message: string };
      throw new InputError(
        `The store ${isPostgres(place) ? 'in PostgreSQL' : place} cannot be opened (${code || message}): check the folder and its permissions, or move the file away.`,
      );
    }
  }
}

async function forget(database: Database, oldest: number): Promise<void> {
  await database.deleteFrom('threads').where('at', '<', oldest).execute();
  await database.deleteFrom('buttons').where('at', '<', oldest).execute();
}

async function forgetAudit(database: Database, oldest: number): Promise<void> {
  await database.deleteFrom('audit').where('at', '<', oldest).execute();
}
