import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../../src/store/index.js';
import { OtherProcess } from '../../../test/store/otherProcess.js';
import type { PostgresServer } from '../../../test/support/postgres.js';
import { missingRows } from '../../../test/support/storeFaults.js';
import type { Dice } from '../../soak/dice.js';
import type { Finding } from '../proof.js';

/** Processes that write at the same time. */
const WRITERS = 2;
const LONGEST_LIFE = 600;

/** A kind of database, and where a new one is. */
export interface DatabaseKind {
  name: string;
  fresh(): Promise<string>;
}

/** Pairs of processes write to one store and are killed at random moments. */
export async function killedWriters(count: number, database: DatabaseKind, dice: Dice): Promise<Finding> {
  const location = await database.fresh();
  // The tables are made once, and not by two at the same time under the eyes of a killer.
  await (await openStore(location)).close();
  const acknowledged: string[] = [];
  for (let kills = 0; kills < count; kills += WRITERS) {
    const writers = Array.from(
      { length: WRITERS },
      (_, index) => new OtherProcess('write', location, `${kills + index}`),
    );
    await Promise.all(
      writers.map(async (writer) => {
        const life = dice.between(0, LONGEST_LIFE);
        await writer.said(1);
        await sleep(life);
        await writer.kill();
        acknowledged.push(...writer.lines);
      }),
    );
  }
  return rowsOf(`\`kill -9\` of processes that write to a store in ${database.name}, two at a time`, {
    tried: `${Math.ceil(count / WRITERS) * WRITERS} kills`,
    location,
    acknowledged,
  });
}

/** A PostgreSQL server crashes while a process writes; the process goes on when it is back. */
export async function crashes(
  count: number,
  server: PostgresServer,
  location: string,
  dice: Dice,
): Promise<Finding> {
  const writer = new OtherProcess('write', location, 'x');
  await writer.said(1);
  for (let crash = 0; crash < count; crash++) {
    const before = writer.lines.length;
    await server.crash();
    await sleep(dice.between(0, 2_000));
    await server.startAgain();
    await writer.said(before + 10);
  }
  await writer.kill();
  return rowsOf('Crashes of the PostgreSQL server under a process that writes', {
    tried: `${count} crashes, up to 2 s away`,
    location,
    acknowledged: writer.lines,
  });
}

async function rowsOf(
  what: string,
  { tried, location, acknowledged }: { tried: string; location: string; acknowledged: string[] },
): Promise<Finding> {
  const store = await openStore(location);
  const missing = await missingRows(store, acknowledged);
  await store.close();
  return {
    what,
    tried,
    found: `${missing.length} of ${acknowledged.length} acknowledged rows lost`,
    met: missing.length === 0,
  };
}
