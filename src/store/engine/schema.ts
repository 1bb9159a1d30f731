import type { PostState } from '../../schedule/book.js';
export interface ThreadRow {
  thread: string;
  /** The command line that the thread is about. */
  line: string;
  at: number;
}

export interface ButtonRow {
  id: string;
  line: string;
  wants: string | null;
  at: number;
}

export interface EventRow {
  event: string;
  at: number;
}

export interface InstallationRow {
  /** Id of the workspace. */
  team: string;
  key_id: string;
  sealed: string;
  at: number;
}

export interface ScheduleRow {
  channel: string;
  at: string;
  zone: string;
  /** As '1,2,3'. */
  days: string;
  model: string;
  layer: number | null;
  /** 'random', 'interesting', or the listed features as JSON. */
  pick: string;
  since: number;
  set_by: string;
  hastened: string | null;
}

export interface PostRow {
  channel: string;
  day: string;
  state: PostState;
  line: string | null;
  model: string | null;
  layer: number | null;
  feature: number | null;
  message: string | null;
  parts: number;
  owner: string;
  until: number;
  note: string | null;
}

export interface VoteRow {
  message: string;
  person: string;
  reaction: string;
}

export interface AllowanceRow {
  key: string;
  /** When the whole allowance is available again. */
  full_at: number;
}

export interface SettingRow {
  /** A channel or workspace, as in `Asker`. */
  place: string;
  name: string;
  value: string;
}

export interface AuditRow {
  at: number;
  who: string;
  workspace: string | null;
  channel: string;
  action: string;
  before: string;
  after: string;
}

export interface UnfinishedRow {
  /** Id of the command. */
  id: string;
  /** The process that works on it. */
  owner: string;
  /** A counter that grows as long as that process lives. */
  beat: number;
  stage: Undelivered;
  /** Title of the announcement; empty before there is one. */
  title: string;
  /** The command line. */
  line: string;
  /** As in `AnswerPlace.bookmark`. */
  place: string;
  at: number;
}

export interface VersionRow {
  /** Of the program. */
  version: string;
  /** When it opened the store first. */
  at: number;
}

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
  versions: VersionRow;
}

/** How far an answer came: asked for; announced; or `told`, with the result posted and parts of the thread to follow. */
export type Undelivered = 'asked' | 'announced' | 'told';
