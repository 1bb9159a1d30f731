import type { PickBy, Schedule, ScheduleBook } from '../../schedule/book.js';
import type { Database } from '../engine/database.js';
import type { ScheduleRow } from '../engine/schema.js';

/** The schedules of channels that get a feature of the day. */
export function schedules(
  database: Database,
): Pick<ScheduleBook, 'schedule' | 'schedules' | 'set' | 'remove'> {
  return {
    async schedule(channel) {
      const row = await database
        .selectFrom('schedules')
        .selectAll()
        .where('channel', '=', channel)
        .executeTakeFirst();
      return row && scheduleOf(row);
    },
    async schedules() {
      const rows = await database.selectFrom('schedules').selectAll().orderBy('channel').execute();
      return rows.map(scheduleOf);
    },
    async set(schedule, by) {
      const { channel, ...changes } = rowOf({ ...schedule, setBy: by });
      await database
        .insertInto('schedules')
        .values({ channel, ...changes })
        .onConflict((conflict) => conflict.column('channel').doUpdateSet(changes))
        .execute();
    },
    async remove(channel) {
      const { numDeletedRows } = await database
        .deleteFrom('schedules')
        .where('channel', '=', channel)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}

function rowOf({ days, layer, pick, setBy, hastened, ...rest }: Schedule): ScheduleRow {
  return {
    ...rest,
    days: days.join(),
    layer: layer ?? null,
    pick: typeof pick === 'string' ? pick : JSON.stringify(pick.list),
    set_by: setBy,
    hastened: hastened ?? null,
  };
}

function scheduleOf({ days, layer, pick, set_by, hastened, ...rest }: ScheduleRow): Schedule {
  return {
    ...rest,
    days: days.split(',').map(Number),
    ...(layer !== null && { layer }),
    pick: pick.startsWith('[') ? { list: JSON.parse(pick) } : (pick as PickBy),
    setBy: set_by,
    ...(hastened !== null && { hastened }),
  };
}
