import type { Clock, Database } from '../engine/database.js';

/** What of an answer a button may stand for besides the answer itself. */
const WANTED = ['json', 'details', 'texts'] as const;
export type Wanted = (typeof WANTED)[number];

/** What a button does when it is pressed: asks a command line, or hands out a part of its answer. */
export interface ButtonAction {
  line: string;
  /** Absent: the answer itself. */
  wants?: Wanted;
}

export interface Buttons {
  button(id: string): Promise<ButtonAction | undefined>;
  rememberButton(id: string, action: ButtonAction): Promise<void>;
}

export function buttons(database: Database, now: Clock): Buttons {
  return {
    async button(id) {
      const row = await database
        .selectFrom('buttons')
        .select(['line', 'wants'])
        .where('id', '=', id)
        .executeTakeFirst();
      const wants = WANTED.find((part) => part === row?.wants);
      return row && { line: row.line, ...(wants && { wants }) };
    },
    async rememberButton(id, { line, wants }) {
      const changes = { line, wants: wants ?? null, at: now() };
      await database
        .insertInto('buttons')
        .values({ id, ...changes })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(changes))
        .execute();
    },
  };
}
