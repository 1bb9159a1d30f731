import type { Clock, Database } from '../engine/database.js';

export interface Threads {
  /** The command line that a thread is about. */
  threadLine(thread: string): Promise<string | undefined>;
  rememberThread(thread: string, line: string): Promise<void>;
}

export function threads(database: Database, now: Clock): Threads {
  return {
    async threadLine(thread) {
      const row = await database
        .selectFrom('threads')
        .select('line')
        .where('thread', '=', thread)
        .executeTakeFirst();
      return row?.line;
    },
    async rememberThread(thread, line) {
      const changes = { line, at: now() };
      await database
        .insertInto('threads')
        .values({ thread, ...changes })
        .onConflict((conflict) => conflict.column('thread').doUpdateSet(changes))
        .execute();
    },
  };
}
