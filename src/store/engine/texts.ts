import { isUtf8 } from 'node:buffer';
import type { SqliteLibrary } from './sqliteDriver.js';

/**
 * Whether every text of a SQLite file is UTF-8. SQLite's check does not look into texts, and the library ends the whole
 * process over one that is not UTF-8, so they are read as bytes before anything else reads them.
 */
export function areTexts(library: SqliteLibrary): boolean {
  const tables = 'SELECT CAST(name AS BLOB) AS a, CAST(sql AS BLOB) AS b FROM sqlite_master';
  if (!areUtf8(library, tables)) return false;
  const names = read(library, `SELECT name FROM sqlite_master WHERE type = 'table'`);
  return [...names].every(({ name }) => isTable(library, quoted(String(name))));
}

function isTable(library: SqliteLibrary, table: string): boolean {
  const columns = [...read(library, `PRAGMA table_info(${table})`)].map(({ name }) => quoted(String(name)));
  return columns.every((column) =>
    areUtf8(library, `SELECT CAST(${column} AS BLOB) AS a FROM ${table} WHERE typeof(${column}) = 'text'`),
  );
}

function areUtf8(library: SqliteLibrary, query: string): boolean {
  // An index that SQLite made by itself has no statement.
  for (const row of read(library, query))
    for (const bytes of Object.values(row)) if (bytes !== null && !isUtf8(bytes as ArrayBuffer)) return false;
  return true;
}

function read(library: SqliteLibrary, query: string): Iterable<Record<string, unknown>> {
  return library.prepare(query).iterate([]) as IterableIterator<Record<string, unknown>>;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
