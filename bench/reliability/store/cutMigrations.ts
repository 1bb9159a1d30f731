import { openStore } from '../../../src/store/index.js';
import { OtherProcess } from '../../../test/store/otherProcess.js';
import type { Finding } from '../proof.js';
import type { DatabaseKind } from './crashes.js';

const LINE = 'feature 10 777';

/** A later version begins to change the tables of one store and is killed in the middle, again and again. */
export async function cutMigrations(count: number, { name, fresh }: DatabaseKind): Promise<Finding> {
  const location = await fresh();
  let damaged = 0;
  for (let cut = 0; cut < count; cut++) {
    const before = await openStore(location);
    await before.rememberThread(`t${cut}`, LINE);
    await before.close();
    const other = new OtherProcess('migrateHalfWay', location);
    await other.said(1);
    await other.kill();
    const after = await openStore(location);
    for (let row = 0; row <= cut; row++) if ((await after.threadLine(`t${row}`)) !== LINE) damaged += 1;
    await after.close();
  }
  return {
    what: `Changes of the tables in ${name} cut off half-way by \`kill -9\``,
    tried: `${count} kills`,
    found: `${damaged} rows lost or changed; opened by the old version each time`,
    met: damaged === 0,
  };
}
