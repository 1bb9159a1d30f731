import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { databases } from '../support/databases.js';

const MINUTE = 60_000;

describe.each(databases)('allowances in $name', ({ fresh }) => {
  test('so many may be used at once; then each comes back after its share of an hour', async () => {
    let now = 1_000_000;
    const store = await openStore(await fresh(), { now: () => now });
    const ada = { key: 'ada', perHour: 6 };
    for (let count = 0; count < 6; count++) expect(await store.allowances.take([ada])).toBeUndefined();
    expect(await store.allowances.take([ada])).toMatchObject({ used: ada, milliseconds: 10 * MINUTE });
    now += 4 * MINUTE;
    expect(await store.allowances.take([ada])).toMatchObject({ milliseconds: 6 * MINUTE });
    now += 6 * MINUTE;
    expect(await store.allowances.take([ada])).toBeUndefined();
    expect(await store.allowances.take([ada])).toMatchObject({ milliseconds: 10 * MINUTE });
    now += 61 * MINUTE;
    for (let count = 0; count < 6; count++) expect(await store.allowances.take([ada])).toBeUndefined();
    expect(await store.allowances.take([ada])).toBeDefined();
    await store.close();
  });

  test('where one is used up, nothing is taken of the others', async () => {
    const store = await openStore(await fresh(), { now: () => 1_000_000 });
    const [ada, channel] = [
      { key: 'ada', perHour: 2 },
      { key: 'general', perHour: 1 },
    ];
    expect(await store.allowances.take([ada, channel])).toBeUndefined();
    expect(await store.allowances.take([ada, channel])).toMatchObject({ used: channel });
    expect(await store.allowances.take([ada])).toBeUndefined();
    expect(await store.allowances.take([ada])).toMatchObject({ used: ada });
    await store.close();
  });

  test('several processes that take at once take no more than there is', async () => {
    const location = await fresh();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(location)));
    const wanted = [1, 2, 3].map((person) => [
      { key: `person ${person}`, perHour: 100 },
      { key: 'general', perHour: 10 },
    ]);
    const taken = await Promise.all(
      stores.flatMap((store, index) =>
        Array.from({ length: 8 }, () => store.allowances.take(wanted[index]!)),
      ),
    );
    expect(taken.filter((refusal) => refusal === undefined)).toHaveLength(10);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('a clock that was put back keeps nobody waiting', async () => {
    let now = 100 * 60 * MINUTE;
    const location = await fresh();
    const store = await openStore(location, { now: () => now });
    const ada = { key: 'ada', perHour: 1 };
    expect(await store.allowances.take([ada])).toBeUndefined();
    now -= 24 * 60 * MINUTE;
    expect(await store.allowances.take([ada])).toBeUndefined();
    await store.close();
  });
});
