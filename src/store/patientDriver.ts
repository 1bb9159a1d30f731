import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
  RawNode,
  SelectQueryNode,
  type SqliteDatabase,
  SqliteDriver,
} from 'kysely';

/** What is needed of libsql's database besides what Kysely needs. */
export interface PatientDatabase extends SqliteDatabase {
  readonly inTransaction: boolean;
  /** Runs a statement without parameters and forgets it, also when it failed. */
  exec(statement: string): void;
}

/** How long a statement waits altogether for another process that is writing. */
const PATIENCE_MILLISECONDS = 5000;
/** Between two tries; other work of this process goes on meanwhile. */
const PAUSE_MILLISECONDS = 25;

/**
 * Kysely's driver for SQLite, for a file that other processes write to as well.
 *
 * SQLite's own waiting blocks the whole process, so it is kept short and the rest of the patience is spent here.
 * Whoever writes takes the right to write first, and by `exec`: libsql leaves a prepared statement that found the
 * file locked half done, and as long as it is, nothing that the connection writes afterwards is committed.
 */
export class PatientDriver extends SqliteDriver {
  constructor(private readonly library: PatientDatabase) {
    super({ database: library });
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) => this.execute(connection, query),
      streamQuery: (query, size) => connection.streamQuery(query, size),
    };
  }

  override beginTransaction(): Promise<void> {
    return patiently(() => this.library.exec('BEGIN IMMEDIATE'));
  }

  override async commitTransaction(): Promise<void> {
    this.library.exec('COMMIT');
  }

  /** Some failures, such as a full disk, have already ended the transaction. */
  override async rollbackTransaction(): Promise<void> {
    if (this.library.inTransaction) this.library.exec('ROLLBACK');
  }

  private async execute<R>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    checkParameters(query);
    if (this.library.inTransaction) return await connection.executeQuery<R>(query);
    if (onlyReads(query)) return await patiently(() => connection.executeQuery<R>(query));
    await this.beginTransaction();
    try {
      const result = await connection.executeQuery<R>(query);
      await this.commitTransaction();
      return result;
    } catch (error) {
      await this.rollbackTransaction();
      throw error;
    }
  }
}

/** Tries again while the file is locked. What was refused so has changed nothing. */
export async function patiently<T>(execute: () => T | Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      return await execute();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= end) throw error;
    }
    await sleep(PAUSE_MILLISECONDS);
  }
}

function isLocked(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(String((error as { code?: unknown }).code));
}

function onlyReads({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) || (RawNode.is(query) && /^\s*(select|pragma)\b/i.test(sql));
}

/**
 * libsql ends the whole process when it is given true or false, and strangers' events may hold anything anywhere.
 *
 * @throws {TypeError} when a parameter is nothing that SQLite knows
 */
function checkParameters({ parameters }: CompiledQuery): void {
  for (const parameter of parameters) {
    if (parameter === null || ['string', 'number', 'bigint'].includes(typeof parameter)) continue;
    if (!Buffer.isBuffer(parameter)) throw new TypeError(`SQLite knows no ${typeof parameter}`);
  }
}
