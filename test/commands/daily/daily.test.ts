import { beforeEach, expect, test } from 'vitest';
import { planLine } from '../../../commands/index.js';
import type { CommandContext } from '../../../commands/line/command.js';
import { readConfiguration } from '../../../src/configuration/index.js';
import type { Asker, Jobs } from '../../../src/jobs/index.js';
import { openStore } from '../../../src/store/index.js';
import { glossConfiguration } from '../../support/glossModel.js';

const ASKER: Asker = { person: 'slack:T1:U1', channel: 'slack:T1:C1' };
const MONDAY = '2026-11-23';

const configuration = readConfiguration(glossConfiguration());
/** Nothing here asks the model. */
const jobs = {} as Jobs;
let now: number;
let context: CommandContext & { schedules: NonNullable<CommandContext['schedules']> };

beforeEach(async () => {
  now = Date.parse('2026-11-23T07:00Z'); // 08:00 in Berlin
  const { schedules } = await openStore(':memory:', { now: () => now });
  context = { configuration, jobs, schedules, now: () => now };
});

/** What somebody who may manage the channel is told. */
async function told(line: string): Promise<string> {
  const { text } = await planLine(`daily ${line}`, context).run({ asker: ASKER, manager: async () => true });
  return text;
}

/** Makes the post of a day, as the clock does. */
async function post(day: string, feature: number): Promise<void> {
  const { schedules: book } = context;
  await book.claim(ASKER.channel, day, 'clock', 60_000);
  const message = `${ASKER.channel}:${day}`;
  const chosen = { line: `feature 10 ${feature}`, model: 'gloss-12l', layer: 10, feature };
  await book.advance(ASKER.channel, day, 'clock', { state: 'posted', message, ...chosen });
}

test('what is not given is the configured default', async () => {
  expect(await told('on')).toBe(
    'An interesting feature of gloss-12l, mon-fri at 09:00 Europe/Berlin.\nNext: Mon 2026-11-23 09:00',
  );
  expect(await context.schedules.schedule(ASKER.channel)).toMatchObject({
    days: [1, 2, 3, 4, 5],
    pick: 'interesting',
    since: now,
    setBy: 'slack:T1:U1',
  });
});

test('a schedule that is set after its time begins the next day', async () => {
  now += 2 * 3600_000;
  expect(await told('on')).toContain('Next: Tue 2026-11-24 09:00');
});

test('what is not given again stays, and changing something else forgets no post', async () => {
  await told('on at=08:30 zone=europe/BERLIN days=mon layer=10 pick=random');
  now += 3600_000;
  const changed = await told('on pick=interesting');
  expect(changed).toContain('An interesting feature of gloss-12l, layer 10, mon at 08:30 Europe/Berlin.');
  expect(changed).toContain('Next: now');
  expect(await told('on at=08:45')).toContain('Next: Mon 2026-11-30 08:45');
});

test('a list is kept as layers and features, each once, and leaves no room for a layer', async () => {
  await told('on layer=6');
  await told('on pick=list:10/777,L10F12,gloss-12l/10-res/777');
  const schedule = await context.schedules.schedule(ASKER.channel);
  expect(schedule).toMatchObject({ pick: { list: ['10/777', '10/12'] } });
  expect(schedule).not.toHaveProperty('layer');
  await expect(told('on layer=6 pick=list:10/777')).rejects.toThrow('exclude each other');
});

test('today’s post is asked for once, and told when it stands', async () => {
  expect(await told('now')).toContain('This channel has no feature of the day.');
  await told('on at=20:00');
  expect(await told('now')).toBe('Today’s feature is on its way.');
  expect(await told('show')).toContain('Next: now');
  await post(MONDAY, 777);
  expect(await told('now')).toBe('The feature of 2026-11-23 stands: feature 10 777');
  expect(await told('show')).toMatch(/Next: Tue 2026-11-24 20:00\nThe feature of 2026-11-23 stands/);
});

test('skipping skips the next post that does not stand', async () => {
  expect(await told('skip')).toContain('no feature of the day');
  await told('on');
  await post(MONDAY, 777);
  expect(await told('skip')).toMatch(/^2026-11-24 is skipped\.\n.*\nNext: Wed 2026-11-25 09:00/);
  expect(await told('skip')).toMatch(/^2026-11-25 is skipped\./);
  now += 24 * 3600_000;
  expect(await told('show')).toContain('The feature of 2026-11-24 was skipped: Somebody');
  expect(await told('now')).toBe('Today’s feature is on its way.');
});

test('a post that is being made is neither skipped nor asked for again', async () => {
  await told('on');
  await context.schedules.claim(ASKER.channel, MONDAY, 'clock', 60_000);
  expect(await told('skip')).toBe('The feature of 2026-11-23 is being posted');
  expect(await told('now')).toBe('The feature of 2026-11-23 is being posted');
});

test('the best of the month are told with their votes', async () => {
  await told('on');
  expect(await told('best')).toContain('Nobody has voted this month');
  for (const [i, day] of ['2026-10-30', '2026-11-02', '2026-11-03'].entries()) {
    await post(day, i);
    await context.schedules.vote(`${ASKER.channel}:${day}`, 'slack:T1:U1', 'star');
  }
  await context.schedules.vote(`${ASKER.channel}:2026-11-02`, 'slack:T1:U2', 'heart');
  expect((await told('best')).split('\n')).toEqual([
    '  2 votes  2026-11-02  feature 10 1',
    '  1 vote   2026-11-03  feature 10 2',
  ]);
});

test('without the right to manage the channel, or where nobody tells of it, nothing is changed', async () => {
  for (const manager of [async () => false, undefined]) {
    const plan = planLine('daily on', context);
    await expect(plan.run({ asker: ASKER, manager })).rejects.toThrow('Only somebody who manages');
  }
  expect(await context.schedules.schedules()).toEqual([]);
});

test('where there are no channels it says where there are', () => {
  expect(() => planLine('daily show', { configuration, jobs })).toThrow('type /daily in Slack or Discord');
});
