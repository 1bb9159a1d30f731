import { PostgresServer } from '../../test/support/postgres.js';
import { newStore } from '../scale/setting.js';
import { Dice } from '../soak/dice.js';
import type { Proof } from './proof.js';
import { crashes, killedWriters } from './store/crashes.js';
import { cutMigrations } from './store/cutMigrations.js';
import { damagedFiles } from './store/damagedFiles.js';
import { fullDisks } from './store/fullDisks.js';
import { locks } from './store/locks.js';

const SEED = 3;
const COUNTS = { kills: 50, crashes: 10, migrations: 15, disks: 20, locks: 16, files: 150 };

/** What happens to stores: real files, real disks, a real PostgreSQL server, other processes. */
export const store: Proof = {
  name: 'store',
  async run(progress) {
    const share = Number(process.env.RELIABILITY_SHARE ?? 1);
    const count = (whole: number) => Math.ceil(whole * share);
    const dice = new Dice(SEED);
    const server = await PostgresServer.start();
    let made = 0;
    const databases = [
      { name: 'SQLite', fresh: newStore },
      {
        name: 'PostgreSQL',
        async fresh() {
          const name = `store${++made}`;
          await server.execute(`CREATE DATABASE ${name}`);
          return server.url(name);
        },
      },
    ];
    const found = [];
    for (const database of databases) {
      progress(`killing writers of ${database.name}`);
      found.push(await killedWriters(count(COUNTS.kills), database, dice));
      progress(`cutting off migrations of ${database.name}`);
      found.push(await cutMigrations(count(COUNTS.migrations), database));
    }
    progress('crashing PostgreSQL');
    found.push(await crashes(count(COUNTS.crashes), server, await databases[1]!.fresh(), dice));
    progress('filling disks, locking and damaging files');
    const disks = await fullDisks(count(COUNTS.disks));
    if (disks) found.push(disks);
    else progress('no disk can be mounted here');
    found.push(await locks(count(COUNTS.locks), dice));
    found.push(await damagedFiles(count(COUNTS.files), dice));
    await server.stop();
    return found;
  },
};
