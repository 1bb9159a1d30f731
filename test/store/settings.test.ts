import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { databases } from '../support/databases.js';

const ada = { person: 'slack:T:ada', workspace: 'slack:T', channel: 'slack:T:C1' };
const DAY = 24 * 3600 * 1000;

describe.each(databases)('settings and audit in $name', ({ fresh }) => {
  test('settings survive a restart; those of the channel count before those of its workspace', async () => {
    const location = await fresh();
    const first = await openStore(location);
    await first.settings.change(
      'slack:T',
      new Map([
        ['theme', 'light'],
        ['top', '3'],
      ]),
      ada,
    );
    await first.settings.change(
      'slack:T:C1',
      new Map([
        ['theme', 'dark'],
        ['m', '2'],
      ]),
      ada,
    );
    await first.close();
    const store = await openStore(location);
    const at = async (channel: string, workspace?: string) =>
      Object.fromEntries(await store.settings.at({ channel, workspace }));
    expect(await at('slack:T:C1', 'slack:T')).toEqual({ theme: 'dark', top: '3', m: '2' });
    expect(await at('slack:T:C2', 'slack:T')).toEqual({ theme: 'light', top: '3' });
    expect(await at('discord:1')).toEqual({});
    await store.settings.change('slack:T:C1', new Map([['theme', undefined]]), ada);
    expect(await at('slack:T:C1', 'slack:T')).toEqual({ theme: 'light', top: '3', m: '2' });
    expect(Object.fromEntries(await store.settings.of('slack:T:C1'))).toEqual({ m: '2' });
    await store.close();
  });

  test('every change of settings and schedules is written down, and kept for so many days', async () => {
    const location = await fresh();
    let now = 1_000 * DAY;
    const store = await openStore(location, { now: () => now });
    await store.settings.change('slack:T:C1', new Map([['theme', 'light']]), ada);
    now += DAY;
    await store.settings.change('slack:T:C1', new Map([['theme', 'dark']]), ada);
    now += DAY;
    const schedule = { channel: 'discord:1', at: '09:00', zone: 'UTC', days: [1, 2], model: 'm', since: now };
    await store.schedules.set({ ...schedule, pick: 'random' }, 'discord:bob');
    now += DAY;
    await store.schedules.skip('discord:1', '2026-01-01', 'holiday', 'discord:bob');
    await store.schedules.hasten('discord:1', '2026-01-02', 'discord:bob');
    await store.schedules.remove('discord:1', 'discord:bob');
    await store.schedules.remove('discord:1', 'discord:bob');
    const entries = await store.audit.since(0);
    expect(entries.slice(0, 3)).toEqual([
      { at: 1_000 * DAY, ...ada, action: 'settings slack:T:C1', before: '', after: 'theme=light' },
      { at: 1_001 * DAY, ...ada, action: 'settings slack:T:C1', before: 'theme=light', after: 'theme=dark' },
      {
        at: 1_002 * DAY,
        person: 'discord:bob',
        channel: 'discord:1',
        action: 'daily set',
        before: '',
        after: 'at=09:00 zone=UTC days=1,2 model=m pick=random',
      },
    ]);
    expect(
      entries
        .slice(3)
        .map(({ action }) => action)
        .sort(),
    ).toEqual(['daily now', 'daily off', 'daily skip']);
    expect(await store.audit.since(1_002 * DAY)).toHaveLength(4);
    await store.close();
    const later = await openStore(location, { now: () => now, auditDays: 2 });
    expect(await later.audit.since(0)).toHaveLength(5);
    await later.close();
  });
});
