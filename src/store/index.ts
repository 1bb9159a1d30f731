import { InputError } from '../core/index.js';
import type { ScheduleBook } from '../schedule/book.js';
import { type Allowances, allowances } from './allowances.js';
import { type Audit, audit } from './audit.js';
import { audited } from './auditedSchedules.js';
import { type Buttons, buttons } from './buttons.js';
import type { Clock, Database, OpenedDatabase } from './database.js';
import { type Events, events } from './events.js';
import { StoreError } from './failures.js';
import { type Installations, installations } from './installations.js';
import type { Keyring } from './keyring.js';
import { migrate } from './migrate.js';
import { isPostgres, openPostgres } from './postgres.js';
import { posts } from './posts.js';
import { schedules } from './schedules.js';
import { type PlaceSettings, settings } from './settings.js';
import { openSqlite } from './sqlite.js';
import { type Threads, threads } from './threads.js';
import { type UnfinishedAnswers, unfinished } from './unfinished.js';
import { votes } from './votes.js';

export type { Allowance } from './allowances.js';
export type { Audit, AuditEntry, Author } from './audit.js';
export { backupStore } from './backup.js';
export type { ButtonAction } from './buttons.js';
export { StoreError } from './failures.js';
export type { Installations } from './installations.js';
export { type Keyring, newKey, readKeys } from './keyring.js';
export type { AnswerStage } from './schema.js';
export type { PlaceSettings, Settings } from './settings.js';
export type { UnfinishedAnswer, UnfinishedAnswers } from './unfinished.js';

/**
 * What must survive a restart. Several processes may have the same one open. What was written is on the disk when
 * the promise is kept; every call may throw a StoreError.
 */
export interface Store extends Threads, Buttons, Events {
  /** The features of the day. */
  schedules: ScheduleBook;
  /** Questions of an hour. */
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
  /** For what is encrypted in it. Without them nothing encrypted can be read or written. */
  keys?: Keyring | undefined;
}

const AUDIT_DAYS = 365;
const DAY_MILLISECONDS = 24 * 3600 * 1000;
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
  { now = Date.now, keys, auditDays = AUDIT_DAYS }: StoreOptions = {},
): Promise<Store> {
  const { database, close } = await openDatabase(location, {
    memory: now() - MEMORY_MILLISECONDS,
    audit: now() - auditDays * DAY_MILLISECONDS,
  });
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
    unfinished: unfinished(database, now),
    installations: installations(database, now, keys),
    async check() {
      await database.selectFrom('events').select('at').limit(1).execute();
    },
    close,
  };
}

/** What was written before is forgotten. */
interface Oldest {
  memory: number;
  audit: number;
}

async function openDatabase(location: string, oldest: Oldest): Promise<OpenedDatabase> {
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

async function forget(database: Database, { memory, audit }: Oldest): Promise<void> {
  await database.deleteFrom('threads').where('at', '<', memory).execute();
  await database.deleteFrom('buttons').where('at', '<', memory).execute();
  await database.deleteFrom('unfinished').where('at', '<', memory).execute();
  await database.deleteFrom('audit').where('at', '<', audit).execute();
}
