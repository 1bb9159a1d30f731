import { InputError } from '../core/index.js';
import { version as thisVersion } from '../files/version.js';
import type { ScheduleBook } from '../schedule/book.js';
import type { Clock, Database, OpenedDatabase } from './engine/database.js';
import { StoreError } from './engine/failures.js';
import type { Keyring } from './engine/keyring.js';
import { migrate } from './engine/migrate.js';
import { isPostgres, openPostgres } from './engine/postgres.js';
import { openSqlite } from './engine/sqlite.js';
import { type Allowances, allowances } from './subjects/allowances.js';
import { type Audit, audit } from './subjects/audit.js';
import { audited } from './subjects/auditedSchedules.js';
import { type Buttons, buttons } from './subjects/buttons.js';
import { type Events, events } from './subjects/events.js';
import { type Installations, installations } from './subjects/installations.js';
import { posts } from './subjects/posts.js';
import { schedules } from './subjects/schedules.js';
import { type PlaceSettings, settings } from './subjects/settings.js';
import { type Threads, threads } from './subjects/threads.js';
import { type UnfinishedAnswers, unfinished } from './subjects/unfinished.js';
import { noteVersion, type Versions, versions } from './subjects/versions.js';
import { votes } from './subjects/votes.js';

export { backupStore } from './backup.js';
export { StoreError } from './engine/failures.js';
export { type Keyring, newKey, readKeys } from './engine/keyring.js';
export type { Undelivered } from './engine/schema.js';
export type { Allowance } from './subjects/allowances.js';
export type { Audit, AuditEntry, Author } from './subjects/audit.js';
export type { ButtonAction, Wanted } from './subjects/buttons.js';
export type { Installations } from './subjects/installations.js';
export type { PlaceSettings, RoomSettings } from './subjects/settings.js';
export type { UnfinishedAnswer, UnfinishedAnswers } from './subjects/unfinished.js';
export type { StoreVersion } from './subjects/versions.js';

/**
 * What must survive a restart. Several processes may have the same store open. What was written is on the disk when
 * the promise resolves; every call may throw a StoreError.
 */
export interface Store extends Threads, Buttons, Events, Versions {
  /** The features of the day. */
  schedules: ScheduleBook;
  /** Questions per hour. */
  allowances: Allowances;
  /** Defaults of channels and workspaces. */
  settings: PlaceSettings;
  /** Who changed schedules and settings. */
  audit: Audit;
  /** Answers that people wait for. */
  unfinished: UnfinishedAnswers;
  /** Slack workspaces, encrypted. */
  installations: Installations;
  /** Reads something trivial. @throws {StoreError} when the database does not answer, after seconds of patience */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** @default Date.now */
  now?: Clock;
  /** How long entries of the audit are kept. @default 365 */
  auditDays?: number;
  /** Milliseconds between deletions of old rows, which happen at opening, too. @default 6 hours */
  forgetEvery?: number;
  /** The version of the program that is noted in it. @default that of package.json */
  version?: string;
  /** Keys of what is encrypted; without them nothing encrypted can be read or written. */
  keys?: Keyring | undefined;
}

const AUDIT_DAYS = 365;
const DAY_MILLISECONDS = 24 * 3600 * 1000;
const FORGET_EVERY = DAY_MILLISECONDS / 4;
/** Buttons, threads and what nobody finished are kept this long after they were last written. */
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
  {
    now = Date.now,
    keys,
    auditDays = AUDIT_DAYS,
    forgetEvery = FORGET_EVERY,
    version = thisVersion(),
  }: StoreOptions = {},
): Promise<Store> {
  const forgetOld = (opened: Database) =>
    forget(opened, {
      memory: now() - MEMORY_MILLISECONDS,
      audit: now() - auditDays * DAY_MILLISECONDS,
    });
  const { database, close } = await openDatabase(location, async (opened) => {
    await forgetOld(opened);
    await noteVersion(opened, version, now);
  });
  const stopForgetting = again(forgetEvery, () => forgetOld(database));
  const bookOf = (opened: Database): ScheduleBook => ({
    ...schedules(opened),
    ...posts(opened, now),
    ...votes(opened),
  });
  return {
    ...threads(database, now),
    ...buttons(database, now),
    ...events(database, now),
    ...versions(database),
    schedules: audited(database, bookOf, now),
    allowances: allowances(database, now),
    settings: settings(database, now),
    audit: audit(database),
    unfinished: unfinished(database, now),
    installations: installations(database, now, keys),
    async check() {
      await database.selectFrom('events').select('at').limit(1).execute();
    },
    async close() {
      await stopForgetting();
      await close();
    },
  };
}

/**
 * Does something periodically without keeping the process alive. A failure is ignored: the next time does the work.
 *
 * @returns ends it; resolves when nothing is under way
 */
function again(milliseconds: number, work: () => Promise<void>): () => Promise<void> {
  let working: Promise<void> | undefined;
  const timer = setInterval(() => {
    working ??= work()
      .catch(() => {})
      .finally(() => {
        working = undefined;
      });
  }, milliseconds).unref();
  return async () => {
    clearInterval(timer);
    await working;
  };
}

/** Rows written before these times are deleted, in milliseconds since 1970. */
interface Oldest {
  memory: number;
  audit: number;
}

async function openDatabase(
  location: string,
  prepare: (database: Database) => Promise<void>,
): Promise<OpenedDatabase> {
  let opened: OpenedDatabase | undefined;
  try {
    opened = isPostgres(location) ? openPostgres(location) : await openSqlite(location);
    await migrate(opened.database);
    await prepare(opened.database);
    return opened;
  } catch (error) {
    await opened?.close();
    throw error instanceof StoreError ? new InputError(error.message) : error;
  }
}

async function forget(database: Database, { memory, audit }: Oldest): Promise<void> {
  // Not in one transaction, so that others can write in between.
  await database.deleteFrom('threads').where('at', '<', memory).execute();
  await database.deleteFrom('buttons').where('at', '<', memory).execute();
  await database.deleteFrom('unfinished').where('at', '<', memory).execute();
  await database.deleteFrom('audit').where('at', '<', audit).execute();
}
