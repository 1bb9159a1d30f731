import type { Clock, Database } from '../engine/database.js';
import { type Author, recordIn } from './audit.js';

/** Option values of a channel or workspace, by name, as they are typed. */
export type RoomSettings = ReadonlyMap<string, string>;

export interface PlaceSettings {
  /** Settings of one place alone. */
  of(place: string): Promise<RoomSettings>;
  /** What counts in a channel: its own settings, then those of its workspace. */
  at(place: Pick<Author, 'channel' | 'workspace'>): Promise<RoomSettings>;
  /**
   * Changes settings of a place and writes down who did.
   *
   * @param changes the new values; undefined takes a setting back
   */
  change(place: string, changes: ReadonlyMap<string, string | undefined>, by: Author): Promise<void>;
}

export function settings(database: Database, now: Clock): PlaceSettings {
  return {
    of: (place) => read(database, place),
    async at({ channel, workspace }) {
      const rows = await database
        .selectFrom('settings')
        .selectAll()
        .where('place', 'in', [channel, ...(workspace ? [workspace] : [])])
        .orderBy('name')
        .execute();
      // The channel's come last, so that they replace the workspace's.
      rows.sort((a, b) => Number(a.place === channel) - Number(b.place === channel));
      return new Map(rows.map(({ name, value }) => [name, value]));
    },
    change: (place, changes, by) =>
      database.transaction().execute(async (transaction) => {
        const before = await read(transaction, place);
        for (const [name, value] of changes) await write(transaction, place, name, value);
        const after = await read(transaction, place);
        const action = `settings ${place}`;
        const entry = { ...by, at: now(), action, before: described(before), after: described(after) };
        await recordIn(transaction, entry);
      }),
  };
}

async function read(database: Database, place: string): Promise<RoomSettings> {
  const rows = await database
    .selectFrom('settings')
    .select(['name', 'value'])
    .where('place', '=', place)
    .orderBy('name')
    .execute();
  return new Map(rows.map(({ name, value }) => [name, value]));
}

async function write(
  database: Database,
  place: string,
  name: string,
  value: string | undefined,
): Promise<void> {
  if (value === undefined) {
    await database.deleteFrom('settings').where('place', '=', place).where('name', '=', name).execute();
    return;
  }
  await database
    .insertInto('settings')
    .values({ place, name, value })
    .onConflict((conflict) => conflict.columns(['place', 'name']).doUpdateSet({ value }))
    .execute();
}

function described(all: RoomSettings): string {
  return [...all].map(([name, value]) => `${name}=${value}`).join(' ');
}
