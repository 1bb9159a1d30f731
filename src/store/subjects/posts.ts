import { type DailyPost, FINAL_STATES, type ScheduleBook } from '../../schedule/book.js';
import { type Clock, type Database, inTransaction } from '../engine/database.js';
import type { PostRow } from '../engine/schema.js';

/** Leases are never longer than this, so one that ends later was taken by a wrong clock. */
const LONGEST_LEASE = 3600 * 1000;

/** Daily posts: which process makes one, and how far it is. */
export function posts(
  database: Database,
  now: Clock,
): Pick<ScheduleBook, 'skip' | 'hasten' | 'claim' | 'advance' | 'post' | 'posts' | 'postOf' | 'shown'> {
  const post = async (channel: string, day: string) => {
    const row = await database
      .selectFrom('posts')
      .selectAll()
      .where('channel', '=', channel)
      .where('day', '=', day)
      .executeTakeFirst();
    return row && postOfRow(row);
  };
  return {
    post,
    async skip(channel, day, note, by) {
      await database
        .insertInto('posts')
        .values({ channel, day, state: 'skipped', parts: 0, owner: by, until: now(), note })
        .onConflict((conflict) => conflict.columns(['channel', 'day']).doNothing())
        .execute();
      return (await post(channel, day))!;
    },
    hasten: (channel, day) =>
      inTransaction(database, async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('schedules')
          .set({ hastened: day })
          .where('channel', '=', channel)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return false;
        await transaction
          .deleteFrom('posts')
          .where('channel', '=', channel)
          .where('day', '=', day)
          .where('state', '=', 'skipped')
          // A post that is already visible in part stays the day's post.
          .where('message', 'is', null)
          .execute();
        return true;
      }),
    async claim(channel, day, owner, leaseMilliseconds) {
      const at = now();
      const until = at + leaseMilliseconds;
      // One statement, so that only one of the processes that try at once gets it.
      const row = await database
        .insertInto('posts')
        .values({ channel, day, state: 'claimed', parts: 0, owner, until })
        .onConflict((conflict) =>
          conflict
            .columns(['channel', 'day'])
            .doUpdateSet({ owner, until })
            .where('posts.state', 'not in', FINAL_STATES)
            .where(({ eb, or }) =>
              or([eb('posts.until', '<=', at), eb('posts.until', '>', at + LONGEST_LEASE)]),
            ),
        )
        .returningAll()
        .executeTakeFirst();
      return row && postOfRow(row);
    },
    async advance(channel, day, owner, changes) {
      const { numUpdatedRows } = await database
        .updateTable('posts')
        .set({ ...changes, owner })
        .where('channel', '=', channel)
        .where('day', '=', day)
        .where('owner', '=', owner)
        .where('state', 'not in', FINAL_STATES)
        .executeTakeFirstOrThrow();
      return numUpdatedRows === 1n;
    },
    async posts(channel, from, to) {
      const rows = await database
        .selectFrom('posts')
        .selectAll()
        .where('channel', '=', channel)
        .where('day', '>=', from)
        .where('day', '<=', to)
        .orderBy('day')
        .execute();
      return rows.map(postOfRow);
    },
    async postOf(message) {
      const row = await database
        .selectFrom('posts')
        .selectAll()
        .where('message', '=', message)
        .executeTakeFirst();
      return row && postOfRow(row);
    },
    async shown(channel, model, layer) {
      let query = database
        .selectFrom('posts')
        .select(['layer', 'feature', 'day'])
        .where('channel', '=', channel)
        .where('model', '=', model)
        // A feature that was chosen but never posted was not shown.
        .where((where) => where.or([where('state', '!=', 'skipped'), where('message', 'is not', null)]))
        .where('layer', 'is not', null)
        .where('feature', 'is not', null);
      if (layer !== undefined) query = query.where('layer', '=', layer);
      const rows = await query.orderBy('day').execute();
      return rows.map(({ layer, feature, day }) => ({ layer: layer!, feature: feature!, day }));
    },
  };
}

/** A post without the fields that are null. */
export function postOfRow({ channel, day, state, parts, owner, until, ...row }: PostRow): DailyPost {
  const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return { channel, day, state, parts, owner, until, ...present };
}
