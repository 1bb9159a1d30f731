import { sql } from 'kysely';
import type { ScheduleBook } from '../../schedule/book.js';
import type { Database } from '../engine/database.js';
import { postOfRow } from './posts.js';

/** Votes on daily posts. */
export function votes(database: Database): Pick<ScheduleBook, 'vote' | 'unvote' | 'best'> {
  return {
    async vote(message, person, reaction) {
      const post = await database
        .selectFrom('posts')
        .select('day')
        .where('message', '=', message)
        .executeTakeFirst();
      if (!post) return false;
      await database
        .insertInto('votes')
        .values({ message, person, reaction })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return true;
    },
    async unvote(message, person, reaction) {
      await database
        .deleteFrom('votes')
        .where('message', '=', message)
        .where('person', '=', person)
        .where('reaction', '=', reaction)
        .execute();
    },
    async best(channel, from, to) {
      const rows = await database
        .selectFrom('posts')
        .innerJoin('votes', 'votes.message', 'posts.message')
        .selectAll('posts')
        .select(sql<number>`CAST(COUNT(DISTINCT votes.person) AS INTEGER)`.as('people'))
        .where('posts.channel', '=', channel)
        .where('posts.day', '>=', from)
        .where('posts.day', '<=', to)
        .groupBy(['posts.channel', 'posts.day'])
        .orderBy('people', 'desc')
        .orderBy('posts.day', 'desc')
        .execute();
      return rows.map(({ people, ...row }) => ({ post: postOfRow(row), votes: people }));
    },
  };
}
