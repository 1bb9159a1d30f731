import type { Clock, Database } from '../engine/database.js';
import type { UnfinishedRow } from '../engine/schema.js';

/** An answer that a process began; the process may have ended since. */
export type UnfinishedAnswer = Omit<UnfinishedRow, 'at'>;

type Begun = Pick<UnfinishedAnswer, 'id' | 'owner' | 'line' | 'place'>;
type Progress = Pick<UnfinishedAnswer, 'stage' | 'title' | 'line' | 'place'>;

/** Answers that people wait for, so that they learn of it when a process is killed. */
export interface UnfinishedAnswers {
  begin(answer: Begun): Promise<void>;
  /** Records the progress; does nothing when another process has taken the answer over. */
  advance(id: string, owner: string, progress: Progress): Promise<void>;
  end(id: string, owner: string): Promise<void>;
  /** Shows that the process lives. */
  beat(owner: string): Promise<void>;
  all(): Promise<UnfinishedAnswer[]>;
  /** Takes over the answer of a process that is gone. @returns false when it lives, or another process was quicker */
  take(answer: UnfinishedAnswer, owner: string): Promise<boolean>;
}

export function unfinished(database: Database, now: Clock): UnfinishedAnswers {
  return {
    async begin(answer) {
      const row: UnfinishedRow = { ...answer, beat: 0, stage: 'asked', title: '', at: now() };
      await database.insertInto('unfinished').values(row).execute();
    },
    async advance(id, owner, progress) {
      await database
        .updateTable('unfinished')
        .set(progress)
        .where('id', '=', id)
        .where('owner', '=', owner)
        .execute();
    },
    async end(id, owner) {
      await database.deleteFrom('unfinished').where('id', '=', id).where('owner', '=', owner).execute();
    },
    async beat(owner) {
      await database
        .updateTable('unfinished')
        .set((row) => ({ beat: row('beat', '+', 1) }))
        .where('owner', '=', owner)
        .execute();
    },
    all: () =>
      database
        .selectFrom('unfinished')
        .select(['id', 'owner', 'beat', 'stage', 'title', 'line', 'place'])
        .orderBy('at')
        .orderBy('id')
        .execute(),
    async take({ id, owner: before, beat }, owner) {
      const { numUpdatedRows } = await database
        .updateTable('unfinished')
        .set({ owner })
        .where('id', '=', id)
        .where('owner', '=', before)
        .where('beat', '=', beat)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
  };
}
