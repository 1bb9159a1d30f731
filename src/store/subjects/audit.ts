import type { Database } from '../engine/database.js';

/** Who did something, and where, as in `Asker`. */
export interface Author {
  person: string;
  workspace?: string | undefined;
  channel: string;
}

/** One change of settings or schedules. */
export interface AuditEntry extends Author {
  /** In milliseconds since 1970. */
  at: number;
  /** What was done, as 'settings slack:T1' or 'daily set'. */
  action: string;
  /** The state before and after, in words; empty for nothing. */
  before: string;
  after: string;
}

/** Who changed what. Entries are added, never changed, and deleted when they are old. */
export interface Audit {
  record(entry: AuditEntry): Promise<void>;
  /** Entries from a time on, oldest first. */
  since(at: number): Promise<AuditEntry[]>;
}

export function audit(database: Database): Audit {
  return {
    record: (entry) => recordIn(database, entry),
    async since(at) {
      const rows = await database
        .selectFrom('audit')
        .selectAll()
        .where('at', '>=', at)
        .orderBy('at')
        .execute();
      return rows.map(({ who, workspace, ...rest }) => ({
        person: who,
        ...(workspace !== null && { workspace }),
        ...rest,
      }));
    },
  };
}

/** Records a change in the transaction that makes it. */
export async function recordIn(
  database: Database,
  { person, workspace, ...entry }: AuditEntry,
): Promise<void> {
  await database
    .insertInto('audit')
    .values({ who: person, workspace: workspace ?? null, ...entry })
    .execute();
}
