import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { migrate } from '../../src/store/engine/migrate.js';
import { isPostgres, openPostgres } from '../../src/store/engine/postgres.js';
import { openSqlite } from '../../src/store/engine/sqlite.js';
import { openStore } from '../../src/store/index.js';
import { noteVersion } from '../../src/store/subjects/versions.js';
import { databases } from '../support/databases.js';
import { missingRows } from '../support/storeFaults.js';
import { futureMigrations } from './futureMigrations.js';
import { OtherProcess } from './otherProcess.js';

/** More of them: KILLS=100 npx vitest run dist/test/store/crash.test.js */
const KILLS = Number(process.env.KILLS ?? 8);

describe.each(databases)('what happens to processes with a store in $name', ({ fresh, empty }) => {
  test(
    `${KILLS} processes killed while they write: every row that was acknowledged is there`,
    async () => {
      const location = await fresh();
      const acknowledged: string[] = [];
      for (let run = 0; run < KILLS; run++) {
        const writer = new OtherProcess('write', location, run);
        await writer.said(1);
        await sleep(Math.random() * 300);
        await writer.kill();
        acknowledged.push(...writer.lines);
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS);
      const store = await openStore(location);
      expect(await missingRows(store, acknowledged)).toEqual([]);
      await store.close();
    },
    20_000 + KILLS * 5000,
  );

  test('three processes at once: each event is new to one of them', async () => {
    const location = await fresh();
    const count = 60;
    const processes = [1, 2, 3].map(() => new OtherProcess('see', location, count));
    await Promise.all(processes.map((each) => each.end()));
    const news = processes.flatMap(({ lines }) => lines);
    expect(news.sort()).toEqual(Array.from({ length: count }, (_, i) => `Ev${i}`).sort());
  });

  test('a migration that is cut off by a kill leaves the tables and rows as they were', async () => {
    const location = await fresh();
    const before = await openStore(location);
    await before.rememberThread('slack:C1:1.0', 'feature 10 777');
    await before.close();
    const other = new OtherProcess('migrateHalfWay', location);
    await other.said(1);
    await other.kill();
    const after = await openStore(location);
    expect(await after.threadLine('slack:C1:1.0')).toBe('feature 10 777');
    await after.close();
    const { database, close } = isPostgres(location) ? openPostgres(location) : await openSqlite(location);
    const tables = (await database.introspection.getTables()).map(({ name }) => name);
    expect(tables).not.toContain('future');
    // And it can be done after all.
    await migrate(database, futureMigrations());
    await close();
  });

  test('a store that a newer version has changed is refused, and stays as it is', async () => {
    const location = await empty();
    const { database, close } = isPostgres(location) ? openPostgres(location) : await openSqlite(location);
    await migrate(database, futureMigrations());
    await expect(openStore(location)).rejects.toThrow(
      /^The store was written by a newer ghosttree \(it has 9999-future\): install that version again/,
    );
    await noteVersion(database, '9.1.0', () => Date.now());
    await expect(openStore(location)).rejects.toThrow(
      /\(it has 9999-future; 9\.1\.0 was the last to come\): install that version again/,
    );
    const tables = (await database.introspection.getTables()).map(({ name }) => name);
    expect(tables).toContain('future');
    expect(tables).not.toContain('threads');
    await close();
  });
});
