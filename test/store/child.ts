/** What the tests of this folder have done by another process: node child.js <deed> <location> [word]. */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { migrate } from '../../src/store/engine/migrate.js';
import { openPostgres } from '../../src/store/engine/postgres.js';
import { openSqlite } from '../../src/store/engine/sqlite.js';
import { openStore, StoreError } from '../../src/store/index.js';
import { futureMigrations } from './futureMigrations.js';

const [deed, location = '', word = ''] = process.argv.slice(2);
/** Has left this process when it returns, whatever happens to the process then. */
const say = (line: string) => writeSync(1, `${line}\n`);

/** Writes for ever and says what was acknowledged; what was refused is not. */
async function write(): Promise<void> {
  const store = await openStore(location);
  const acknowledged = async (row: string, writing: Promise<void>) => {
    try {
      await writing;
      say(row);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  };
  for (let i = 0; ; i++) {
    const id = `${word}:${i}`;
    const line = `feature 10 ${i}`;
    await acknowledged(`thread ${id}`, store.rememberThread(id, line));
    await acknowledged(`button ${id}`, store.rememberButton(id, { line, wants: 'json' }));
  }
}

/** Sees so many events, and says which of them were new. */
async function see(): Promise<void> {
  const store = await openStore(location);
  for (let i = 0; i < Number(word); i++) if (await store.firstTime(`Ev${i}`)) say(`Ev${i}`);
  await store.close();
}

/** Begins to change the tables as a later version might, and gets stuck in the middle. */
async function migrateHalfWay(): Promise<void> {
  const isFile = !location.startsWith('postgres:');
  const { database } = isFile ? await openSqlite(location) : openPostgres(location);
  const stuck = async () => {
    say('half-way');
    await sleep(600_000);
  };
  await migrate(database, futureMigrations(stuck));
}

/** Holds the right to write to a SQLite file for so many milliseconds. */
async function hold(): Promise<void> {
  const database = new Libsql(location);
  database.exec('BEGIN IMMEDIATE');
  say('locked');
  await sleep(Number(word));
  database.exec('ROLLBACK');
}

await { write, see, migrateHalfWay, hold }[deed as 'write']();
