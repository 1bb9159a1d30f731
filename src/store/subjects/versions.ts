import type { Clock, Database } from '../engine/database.js';

/** A version of the program that has written to the store. */
export interface StoreVersion {
  version: string;
  /** When it opened the store first, in milliseconds since 1970. */
  at: number;
}

export interface Versions {
  /** The versions that have opened this store, the newest visitor last. */
  versions(): Promise<StoreVersion[]>;
}

export function versions(database: Database): Versions {
  return {
    versions: () => database.selectFrom('versions').selectAll().orderBy('at').orderBy('version').execute(),
  };
}

/** Notes that this version has opened the store; only its first time is a write, which a full disk could refuse. */
export async function noteVersion(database: Database, version: string, now: Clock): Promise<void> {
  const present = await database
    .selectFrom('versions')
    .select('version')
    .where('version', '=', version)
    .executeTakeFirst();
  if (present) return;
  await database
    .insertInto('versions')
    .values({ version, at: now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
