import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';
import type { Database, OpenedDatabase } from './database.js';
import { isCut, isLostConnection, postgresFailure, StoreError } from './failures.js';
import { storable } from './parameters.js';
import { patiently } from './patience.js';

const POOL = {
  /** Connections of this process; several processes share what the server allows (100 by default). */
  max: 8,
  connectionTimeoutMillis: 5000,
  /** A query to a server that vanished silently must end. */
  query_timeout: 20_000,
  keepAlive: true,
};

/** PostgreSQL's type of 64-bit integers. */
const INT8 = 20;

/** Whether a store's location is that of a PostgreSQL database. */
export function isPostgres(location: string): boolean {
  return /^postgres(ql)?:/i.test(location);
}

/**
 * A PostgreSQL database; connections are made when they are needed, and again after they were lost.
 *
 * @throws {StoreError} when the address is not valid
 */
export function openPostgres(url: string): OpenedDatabase {
  const name = nameOf(url);
  const pool = new Pool({ ...POOL, connectionString: url, types: { getTypeParser } });
  // An idle connection that breaks is replaced when the next one is needed.
  pool.on('error', () => {});
  // One that breaks between two statements fails the next; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const connect = async () => {
    try {
      return await patiently(() => pool.connect(), isOut);
    } catch (error) {
      throw postgresFailure(error, name);
    }
  };
  const dialect = new PostgresDialect({
    pool: { connect: async () => clear(await connect(), connect, name), end: () => pool.end() },
  });
  const database: Database = new Kysely({ dialect });
  return { database, close: () => database.destroy() };
}

/** What messages call a database: its host and name, without user and password. */
function nameOf(url: string): string {
  try {
    if (!url.includes('://')) throw new Error('There is no host');
    decodeURIComponent(url);
    const { host, pathname, searchParams } = new URL(url);
    return `The store, PostgreSQL at ${searchParams.get('host') ?? decodeURIComponent(host)}${pathname},`;
  } catch {
    throw new StoreError(
      'GHOSTTREE_STORE is no address of a PostgreSQL database; expected something like postgres://user:password@host:5432/database, signs such as @ / % in the password as %40 %2F %25.',
    );
  }
}

/** Whether the server is unreachable or starting, which may pass within seconds. */
function isOut(error: unknown): boolean {
  return /^(ECONN|EPIPE|57P03)/.test(String((error as { code?: unknown }).code));
}

/**
 * A connection that explains its failures and is discarded when it broke. What changes nothing is then asked again on
 * the next connection; what may have been done is not.
 */
function clear(first: PoolClient, connect: () => Promise<PoolClient>, name: string): PostgresPoolClient {
  let client: PoolClient | undefined = first;
  let broken = false;
  let inTransaction = false;
  const query = async (statement: string, parameters: readonly unknown[]) => {
    const repeatable = !inTransaction && (isRead(statement) || isBegin(statement));
    inTransaction ||= isBegin(statement);
    // A crash ends all connections of the pool, and the next may be one whose end was not heard of yet.
    for (let left = repeatable ? POOL.max : 0; ; left--) {
      try {
        client ??= await connect();
        return await client.query(statement, storable(parameters));
      } catch (error) {
        broken ||= isLostConnection(error);
        if (!client || left === 0 || !isCut(error)) throw postgresFailure(error, name);
        client.release(true);
        client = undefined;
        broken = false;
      }
    }
  };
  // The other signature, which reads a result piece by piece, is not used here.
  return { query, release: () => client?.release(broken) } as unknown as PostgresPoolClient;
}

const isRead = (statement: string) => /^select\b/i.test(statement);
const isBegin = (statement: string) => /^(begin|start transaction)\b/i.test(statement);

/** Times and counts are far below 2^53, so they are read as numbers, as from SQLite, where pg would return strings. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? Number : types.getTypeParser(oid, format as 'text');
