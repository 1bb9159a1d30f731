import { join } from 'node:path';
import { openStore, StoreError } from '../../../src/store/index.js';
import { fill, LONG_LINE, smallDisk } from '../../../test/support/storeFaults.js';
import type { Finding } from '../proof.js';

const CLEAR = /is full: make room/;

/** A disk becomes full while rows are written, and later has room again. Undefined where no disk can be made. */
export async function fullDisks(count: number): Promise<Finding | undefined> {
  let rows = 0;
  let lost = 0;
  let unclear = 0;
  for (let run = 0; run < count; run++) {
    const disk = await smallDisk();
    if (!disk) return undefined;
    const location = join(disk.folder, 'ghosttree.sqlite');
    const store = await openStore(location);
    const [written, failure] = await fill(store.rememberThread);
    if (!(failure instanceof StoreError && CLEAR.test(failure.message))) unclear += 1;
    disk.grow();
    // The same process goes on, and the next one finds everything.
    await store.rememberThread(`t${written}`, LONG_LINE);
    await store.close();
    const again = await openStore(location);
    for (let row = 0; row <= written; row++) if ((await again.threadLine(`t${row}`)) !== LONG_LINE) lost += 1;
    await again.close();
    disk.remove();
    rows += written + 1;
  }
  return {
    what: 'A disk that becomes full under a SQLite store, and has room again',
    tried: `${count} disks`,
    found: `${lost} of ${rows} acknowledged rows lost, ${unclear} unclear failures; writing went on each time`,
    met: lost + unclear === 0,
  };
}
