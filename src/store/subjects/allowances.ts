import { sql } from 'kysely';
import type { Clock, Database } from '../engine/database.js';

/** How much of something a key (a person, a channel, a workspace) may use in an hour. */
export interface Allowance {
  key: string;
  perHour: number;
}

export interface Allowances {
  /**
   * Takes one of each, or none at all when one is used up. A whole allowance may be used at once, and comes back evenly
   * over an hour.
   *
   * @returns undefined when they were taken; else what is used up, and in how many milliseconds one is available again
   */
  take(wanted: readonly Allowance[]): Promise<{ used: Allowance; milliseconds: number } | undefined>;
}

const HOUR = 3600 * 1000;
const SWEEP_MILLISECONDS = 60 * 1000;

/**
 * The generic cell rate algorithm (ITU-T I.371): each key has one time, at which its allowance is whole again. A row
 * whose time has passed means the same as no row.
 */
export function allowances(database: Database, now: Clock): Allowances {
  let swept = Number.NEGATIVE_INFINITY;
  const sweep = async (at: number) => {
    if (Math.abs(at - swept) < SWEEP_MILLISECONDS) return;
    swept = at;
    // An allowance is whole after an hour, so a time further ahead was written before a clock was put back.
    await database
      .deleteFrom('allowances')
      .where((row) => row.or([row('full_at', '<', at), row('full_at', '>', at + 2 * HOUR)]))
      .execute();
  };
  return {
    async take(wanted) {
      const at = now();
      await sweep(at);
      try {
        await database.transaction().execute(async (transaction) => {
          for (const allowance of wanted) await takeOne(transaction, allowance, at);
        });
        return undefined;
      } catch (error) {
        if (error instanceof UsedUp) return error;
        throw error;
      }
    },
  };
}

/** @throws {UsedUp} which rolls back what was taken before */
async function takeOne(database: Database, used: Allowance, at: number): Promise<void> {
  const each = Math.floor(HOUR / used.perHour);
  // One statement, so that two processes cannot both take the last one.
  const { numInsertedOrUpdatedRows } = await database
    .insertInto('allowances')
    .values({ key: used.key, full_at: at + each })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          full_at: sql`CASE WHEN allowances.full_at > ${at} THEN allowances.full_at ELSE ${at} END + ${each}`,
        })
        .where('allowances.full_at', '<=', at + HOUR - each),
    )
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 1n) return;
  const { full_at } = await database
    .selectFrom('allowances')
    .select('full_at')
    .where('key', '=', used.key)
    .executeTakeFirstOrThrow();
  throw new UsedUp(used, full_at + each - HOUR - at);
}

class UsedUp extends Error {
  constructor(
    readonly used: Allowance,
    readonly milliseconds: number,
  ) {
    super(`${used.key} is used up`);
  }
}
