import type { Kysely } from 'kysely';
import type { AllowanceRow } from './allowances.js';
import type { AuditRow } from './audit.js';
import type { ButtonRow } from './buttons.js';
import type { EventRow } from './events.js';
import type { InstallationRow } from './installations.js';
import type { PostRow } from './posts.js';
import type { ScheduleRow } from './schedules.js';
import type { SettingRow } from './settings.js';
import type { ThreadRow } from './threads.js';
import type { UnfinishedRow } from './unfinished.js';
import type { VoteRow } from './votes.js';

/** Every table and its rows. */
export interface Tables {
  threads: ThreadRow;
  buttons: ButtonRow;
  events: EventRow;
  installations: InstallationRow;
  schedules: ScheduleRow;
  posts: PostRow;
  votes: VoteRow;
  allowances: AllowanceRow;
  settings: SettingRow;
  audit: AuditRow;
  unfinished: UnfinishedRow;
}

/** What a subject reads and writes, whichever database is behind it. */
export type Database = Kysely<Tables>;

/** Milliseconds since 1970; tests have clocks of their own. */
export type Clock = () => number;

/** An open database of one of the kinds. */
export interface OpenedDatabase {
  database: Database;
  close(): Promise<void>;
}
