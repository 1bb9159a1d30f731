/**
 * The store failed for a reason that an operator can fix. The message names the reason and the remedy, holds no
 * secret, and is not for the people in a chat.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** By the beginning of the code, the longest first; `name` is the file. Codes: https://www.sqlite.org/rescode.html */
const SQLITE: [code: RegExp, text: (name: string, code: string) => string][] = [
  [
    /^SQLITE_(BUSY|LOCKED)/,
    (name) =>
      `The store ${name} is locked: another process has been writing to it for seconds. End that one, such as a database browser, and try again.`,
  ],
  [
    /^SQLITE_FULL|^ENOSPC|^EDQUOT/,
    (name) => `The disk of the store ${name} is full: make room. What was saved before is safe.`,
  ],
  [
    /^SQLITE_(CORRUPT|NOTADB)/,
    (name, code) =>
      `The store ${name} is damaged or no database (${code}): restore a copy made by ghosttree backup (docs/operating.md), or move the file away to begin with an empty store.`,
  ],
  [
    /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|^E(ACCES|PERM|ROFS|NOTDIR|EXIST|ISDIR)/,
    (name, code) =>
      `The store ${name} cannot be opened for writing (${code}): its folder, its file and the files beside it must belong to the user who runs ghosttree.`,
  ],
  [
    /^SQLITE_IOERR|^EIO/,
    (name, code) => `The store ${name} cannot be read or written (${code}): check the disk.`,
  ],
];

/** Codes: of Node.js, and https://www.postgresql.org/docs/current/errcodes-appendix.html */
const POSTGRES: typeof SQLITE = [
  [
    /^28/,
    (name, code) => `${name} refuses the user or the password in GHOSTTREE_STORE (${code}): correct them.`,
  ],
  [/^3D000/, (name) => `${name} does not exist: create it with createdb, or correct GHOSTTREE_STORE.`],
  [
    /^42501/,
    (name) =>
      `${name} does not let its user do that: the user must be allowed to create tables, best as owner of the database.`,
  ],
  [/^53(1|2)/, (name, code) => `${name} has no room left (${code}): make room on its disk or in its memory.`],
  [
    /^53300/,
    (name) => `${name} has no connection left: raise max_connections there, or run fewer processes.`,
  ],
  [
    /^(25006|57P0\d|53\d\d\d|08\w\w\w)/,
    (name, code) =>
      `${name} does not take statements at the moment (${code}): is it starting, stopping, or a standby?`,
  ],
  [
    /^(E[A-Z_]+|LOST)$/,
    (name, code) =>
      `${name} cannot be reached (${code}): is it running, and is the address in GHOSTTREE_STORE right?`,
  ],
];

/** Explains a failure of SQLite or of opening its file; returns the failure itself when an operator cannot fix it. */
export function sqliteFailure(error: unknown, name: string): unknown {
  return explained(error, codeOf(error), name, SQLITE);
}

/** Explains a failure of PostgreSQL or of the connection to it. */
export function postgresFailure(error: unknown, name: string): unknown {
  const code = codeOf(error) || (isLostConnection(error) ? 'LOST' : '');
  return explained(error, code, name, POSTGRES);
}

/** Whether an error means that the connection is gone or unreliable, rather than being the server's answer. */
export function isLostConnection(error: unknown): boolean {
  const { severity, message } = error as { severity?: string; message?: string };
  if (severity !== undefined) return severity === 'FATAL' || severity === 'PANIC';
  return /connection|timeout|socket|ended/i.test(message ?? '') || codeOf(error).startsWith('E');
}

/** Whether the connection ended under a statement, rather than that nothing was heard for too long. */
export function isCut(error: unknown): boolean {
  return isLostConnection(error) && !/timeout/i.test((error as Error).message);
}

/** A failure's code; libsql gives none for a file that it cannot open, only the number of SQLite's code. */
export function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code) return String(code);
  return /ConnectionFailed/.test(message ?? '') ? 'SQLITE_CANTOPEN' : '';
}

function explained(error: unknown, code: string, name: string, texts: typeof SQLITE): unknown {
  if (error instanceof StoreError) return error;
  const text = texts.find(([pattern]) => pattern.test(code))?.[1];
  return text ? new StoreError(text(name, code), { cause: error }) : error;
}
