import type { Clock, Database } from '../engine/database.js';

export interface Events {
  /** True the first time an event is seen within ten minutes, because platforms deliver some twice. */
  firstTime(event: string): Promise<boolean>;
}

const EVENT_MILLISECONDS = 10 * 60 * 1000;
const SWEEP_MILLISECONDS = 60 * 1000;

export function events(database: Database, now: Clock): Events {
  let swept = Number.NEGATIVE_INFINITY;
  const sweep = async (oldest: number) => {
    if (Math.abs(now() - swept) < SWEEP_MILLISECONDS) return;
    swept = now();
    await database.deleteFrom('events').where('at', '<', oldest).execute();
  };
  return {
    async firstTime(event) {
      const at = now();
      const oldest = at - EVENT_MILLISECONDS;
      await sweep(oldest);
      // One statement, so that only one of two processes that see an event at once counts as the first.
      const { numInsertedOrUpdatedRows } = await database
        .insertInto('events')
        .values({ event, at })
        .onConflict((conflict) =>
          conflict.column('event').doUpdateSet({ at }).where('events.at', '<', oldest),
        )
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows === 1n;
    },
  };
}
