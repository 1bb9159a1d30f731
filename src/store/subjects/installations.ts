import { InputError } from '../../core/index.js';
import type { Clock, Database } from '../engine/database.js';
import type { Keyring } from '../engine/keyring.js';
import type { InstallationRow } from '../engine/schema.js';

/** Data of the workspaces that installed the app, encrypted because it includes tokens. */
export interface Installations {
  /** @throws {InputError} when it cannot be decrypted */
  installation(team: string): Promise<string | undefined>;
  /** Saves an installation in place of an earlier one of the same workspace. */
  keep(team: string, content: string): Promise<void>;
  /**
   * Deletes an installation that was saved no later than a time.
   *
   * @returns whether there was one
   */
  forget(team: string, until: number): Promise<boolean>;
  teams(): Promise<string[]>;
  /**
   * Makes sure that every installation can be decrypted, and encrypts those of older keys with the newest.
   *
   * @returns how many were encrypted again
   * @throws {InputError} when a key is missing; nothing is changed then
   */
  renew(): Promise<number>;
}

export function installations(database: Database, now: Clock, keys: Keyring | undefined): Installations {
  const ring = () => {
    if (!keys) throw new InputError('STORE_KEY is missing: ghosttree new-key prints one.');
    return keys;
  };
  const open = ({ team, key_id, sealed }: Pick<InstallationRow, 'team' | 'key_id' | 'sealed'>) =>
    ring().open({ keyId: key_id, sealed }, team);
  return {
    async installation(team) {
      const row = await database
        .selectFrom('installations')
        .select(['team', 'key_id', 'sealed'])
        .where('team', '=', team)
        .executeTakeFirst();
      return row && open(row);
    },
    async keep(team, content) {
      const { keyId, sealed } = ring().seal(content, team);
      const changes = { key_id: keyId, sealed, at: now() };
      await database
        .insertInto('installations')
        .values({ team, ...changes })
        .onConflict((conflict) => conflict.column('team').doUpdateSet(changes))
        .execute();
    },
    async forget(team, until) {
      const { numDeletedRows } = await database
        .deleteFrom('installations')
        .where('team', '=', team)
        .where('at', '<=', until)
        .executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
    async teams() {
      const rows = await database.selectFrom('installations').select('team').orderBy('team').execute();
      return rows.map(({ team }) => team);
    },
    async renew() {
      const rows = await database
        .selectFrom('installations')
        .select(['team', 'key_id', 'sealed'])
        .orderBy('team')
        .execute();
      const opened = rows.map((row) => ({ row, content: open(row) }));
      let renewed = 0;
      for (const { row, content } of opened) {
        if (row.key_id === ring().newest) continue;
        const { keyId, sealed } = ring().seal(content, row.team);
        // Only if it is still what was read: another process may have saved a newer installation.
        const { numUpdatedRows } = await database
          .updateTable('installations')
          .set({ key_id: keyId, sealed })
          .where('team', '=', row.team)
          .where('sealed', '=', row.sealed)
          .executeTakeFirstOrThrow();
        renewed += Number(numUpdatedRows);
      }
      return renewed;
    },
  };
}
