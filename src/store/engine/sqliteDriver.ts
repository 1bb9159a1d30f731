import {
  type CompiledQuery,
  type DatabaseConnection,
  DeleteQueryNode,
  InsertQueryNode,
  type QueryResult,
  RawNode,
  SelectQueryNode,
  type SqliteDatabase,
  SqliteDriver,
  TableNode,
  UpdateQueryNode,
} from 'kysely';
import { codeOf, sqliteFailure } from './failures.js';
import { checkParameters, storable } from './parameters.js';
import { patiently } from './patience.js';

/**
 * Tables whose last rows a power cut may lose, after which somebody types a command again. Every command writes several
 * of these, and waiting for the disk would block this process for milliseconds each time.
 */
const FLEETING: ReadonlySet<string> = new Set(['threads', 'buttons', 'events', 'allowances', 'unfinished']);

/** What this driver needs of libsql's database besides what Kysely needs. */
export interface SqliteLibrary extends SqliteDatabase {
  readonly inTransaction: boolean;
  /** Runs a statement without parameters and forgets it, also when it failed. */
  exec(statement: string): void;
}

/**
 * Kysely's driver for SQLite, for a file that other processes write to as well.
 *
 * SQLite's waiting blocks the whole process, so it is short and most of the waiting happens here. A transaction takes
 * the write lock first, by `exec`: libsql leaves a prepared statement that found the file locked unfinished, and until
 * it is finished, nothing that the connection writes is committed.
 */
export class PatientSqliteDriver extends SqliteDriver {
  constructor(
    private readonly library: SqliteLibrary,
    /** What messages call the database. */
    private readonly name: string,
  ) {
    super({ database: library });
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) => this.clearly(() => this.execute(connection, query)),
      streamQuery: (query, size) => connection.streamQuery(query, size),
    };
  }

  override beginTransaction(): Promise<void> {
    return this.clearly(() => this.begin('FULL'));
  }

  override async commitTransaction(): Promise<void> {
    await this.clearly(() => this.library.exec('COMMIT'));
  }

  /** Some failures, such as a full disk, have already ended the transaction. */
  override async rollbackTransaction(): Promise<void> {
    if (this.library.inTransaction) this.library.exec('ROLLBACK');
  }

  private async execute<R>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> {
    checkParameters(query.parameters);
    const run = () => connection.executeQuery<R>({ ...query, parameters: storable(query.parameters) });
    if (this.library.inTransaction) return await run();
    if (onlyReads(query)) return await patiently(run, isLocked);
    await this.begin(isFleeting(query) ? 'NORMAL' : 'FULL');
    try {
      const result = await run();
      await this.commitTransaction();
      return result;
    } catch (error) {
      await this.rollbackTransaction();
      throw error;
    }
  }

  /** @param synchronous FULL waits until the disk has what is committed */
  private async begin(synchronous: 'NORMAL' | 'FULL'): Promise<void> {
    this.library.exec(`PRAGMA synchronous = ${synchronous}`);
    await patiently(() => this.library.exec('BEGIN IMMEDIATE'), isLocked);
  }

  private async clearly<T>(execute: () => T | Promise<T>): Promise<T> {
    try {
      return await execute();
    } catch (error) {
      throw sqliteFailure(error, this.name);
    }
  }
}

/** Whether another process, or another connection of this one, has a lock. */
export function isLocked(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** Whether a power cut may undo what was just written. */
function isFleeting({ query }: CompiledQuery): boolean {
  const [table] = InsertQueryNode.is(query)
    ? [query.into]
    : UpdateQueryNode.is(query)
      ? [query.table]
      : DeleteQueryNode.is(query)
        ? query.from.froms
        : [];
  return table !== undefined && TableNode.is(table) && FLEETING.has(table.table.identifier.name);
}

function onlyReads({ query, sql }: CompiledQuery): boolean {
  return SelectQueryNode.is(query) || (RawNode.is(query) && /^\s*(select|pragma)\b/i.test(sql));
}
