import { type Client, createClient, LibsqlError } from '@libsql/client';
import { InputError } from '../core/index.js';

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

/** What a button does when it is pressed: asks a command line, or hands out a file of its answer. */
export interface ButtonAction {
  line: string;
  /** Absent: the answer itself. */
  wants?: 'json';
}

/** What must survive a restart. */
export interface Store {
  /** The command line that a thread is about. */
  threadLine(thread: string): Promise<string | undefined>;
  rememberThread(thread: string, line: string): Promise<void>;
  button(id: string): Promise<ButtonAction | undefined>;
  rememberButton(id: string, action: ButtonAction): Promise<void>;
  /** True the first time an event is seen within ten minutes: platforms deliver some twice. */
  firstTime(event: string): Promise<boolean>;
  close(): void;
}

const BUSY_MILLISECONDS = 5000;
const EVENT_MILLISECONDS = 10 * 60 * 1000;
/** Buttons and threads are kept this long after they were last written. */
const MEMORY_MILLISECONDS = 365 * 24 * 3600 * 1000;

const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS threads (thread TEXT PRIMARY KEY, line TEXT NOT NULL, at INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS buttons (id TEXT PRIMARY KEY, line TEXT NOT NULL, wants TEXT, at INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS events (event TEXT PRIMARY KEY, at INTEGER NOT NULL)',
];

/**
 * Opens the embedded SQLite store.
 *
 * @param file path of the database file, made when missing; ":memory:" for one that is forgotten
 * @throws {InputError} when the file cannot be opened or is no database
 */
export async function openStore(file: string, now: () => number = Date.now): Promise<Store> {
  let client: Client | undefined;
  try {
    client = createClient({ url: file === ':memory:' ? file : `file:${file}` });
    if (file !== ':memory:') {
      // Another process may be writing, such as the one that this one takes over from.
      await client.execute(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}`);
      await client.execute('PRAGMA journal_mode = WAL');
    }
    await client.batch(SCHEMA, 'write');
  } catch (error) {
    client?.close();
    const why = error instanceof LibsqlError ? error.code : (error as Error).message;
    throw new InputError(
      `The store ${file} cannot be opened (${why}): check the folder and its permissions, or move the file away.`,
    );
  }
  const database = client;
  const oldest = now() - MEMORY_MILLISECONDS;
  await database.batch(
    [
      { sql: 'DELETE FROM threads WHERE at < ?', args: [oldest] },
      { sql: 'DELETE FROM buttons WHERE at < ?', args: [oldest] },
    ],
    'write',
  );
  return {
    async threadLine(thread) {
      const { rows } = await database.execute({
        sql: 'SELECT line FROM threads WHERE thread = ?',
        args: [thread],
      });
      return rows[0]?.line as string | undefined;
    },
    async rememberThread(thread, line) {
      await database.execute({
        sql: 'INSERT INTO threads VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET line = excluded.line, at = excluded.at',
        args: [thread, line, now()],
      });
    },
    async button(id) {
      const { rows } = await database.execute({
        sql: 'SELECT line, wants FROM buttons WHERE id = ?',
        args: [id],
      });
      const [row] = rows;
      if (!row) return undefined;
      return { line: row.line as string, ...(row.wants === 'json' ? { wants: 'json' } : {}) };
    },
    async rememberButton(id, { line, wants }) {
      await database.execute({
        sql: 'INSERT OR REPLACE INTO buttons VALUES (?, ?, ?, ?)',
        args: [id, line, wants ?? null, now()],
      });
    },
    async firstTime(event) {
      const [, inserted] = await database.batch(
        [
          { sql: 'DELETE FROM events WHERE at < ?', args: [now() - EVENT_MILLISECONDS] },
          { sql: 'INSERT OR IGNORE INTO events VALUES (?, ?)', args: [event, now()] },
        ],
        'write',
      );
      return inserted?.rowsAffected === 1;
    },
    close: () => database.close(),
  };
}
