import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import type { OpenedDatabase } from './database.js';

const POOL = {
  /** Connections of this process; several processes share what the server allows (100 unless told otherwise). */
  max: 8,
  connectionTimeoutMillis: 5000,
  /** Notices a server that vanished without a word. */
  keepAlive: true,
};

/** PostgreSQL's type of 64-bit integers. */
const INT8 = 20;

/** Whether a store's location is that of a PostgreSQL database. */
export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:\/\//.test(location);
}

/** A PostgreSQL database; connections are made when they are needed, and again after they were lost. */
export function openPostgres(url: string): OpenedDatabase {
  const pool = new Pool({ ...POOL, connectionString: url, types: { getTypeParser } });
  // A connection that breaks while nobody uses it is replaced by the next that is needed.
  pool.on('error', () => {});
  const database = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  return { database: database as unknown as OpenedDatabase['database'], close: () => database.destroy() };
}

/** Times and counts are far below 2^53: they are read as numbers, as from SQLite, where pg would give strings. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? Number : types.getTypeParser(oid, format as 'text');
