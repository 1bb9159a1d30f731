import { expect } from 'vitest';
import type { Clause } from '../contract.js';
import { told, whispered } from '../reading.js';

const MISTAKES = [
  ['daily on at=25:00', 'at=25:00: expected a time from 00:00 to 23:59.'],
  ['daily on zone=Europe/Berlni', 'Did you mean "Europe/Berlin"?'],
  ['daily on zone=berlin', 'Did you mean "Europe/Berlin"?'],
  ['daily on days=monday-sundae', 'expected daily, or days such as mon-fri or mon,wed,sat.'],
  ['daily on pick=list:9/9', 'tiny-gpt2 has no SAE at layer 9'],
  ['daily on layer=9', 'tiny-gpt2 has no SAE at layer 9'],
  ['daily shwo', 'There is no "daily shwo". Did you mean "show"?'],
  ['daily off at=09:00', 'daily off takes no options: at= belongs to daily on.'],
] as const;

/** The feature of the day, as far as it is asked for. */
export const DAILY: Clause[] = [
  {
    states: 'who manages the channel turns its feature of the day on, changes it and turns it off',
    needs: ['people'],
    async holds({ room, another }) {
      expect(await told(room, 'daily show', 'ada')).toContain('This channel has no feature of the day.');
      const on = await told(room, 'daily on at=9:30 zone=utc days=daily', 'ada');
      expect(on).toContain('An interesting feature of tiny-gpt2, daily at 09:30 UTC.');
      expect(on).toMatch(/Next: \w{3} \d{4}-\d\d-\d\d 09:30/);
      const changed = await told(room, 'daily on pick=list:0/7,L1F3', 'ada');
      expect(changed).toContain('2 features of tiny-gpt2 in turn, daily at 09:30 UTC.');
      expect(await told(room, 'daily show', 'bob')).toContain('2 features of tiny-gpt2 in turn');
      expect(await told(await another(), 'daily show', 'ada')).toContain('no feature of the day');
      expect(await told(room, 'daily skip', 'ada')).toMatch(/\d{4}-\d\d-\d\d is skipped\./);
      expect(await told(room, 'daily now', 'ada')).toContain('on its way');
      expect(await told(room, 'daily show', 'ada')).toContain('Next: now');
      expect(await told(room, 'daily best', 'bob')).toContain('Nobody has voted this month');
      expect(await told(room, 'daily off', 'ada')).toContain('no more features of the day');
      expect(await told(room, 'daily show', 'ada')).toContain('This channel has no feature of the day.');
      expect([room.threads(), room.harm()]).toEqual([[], []]);
    },
  },
  ...['on', 'off', 'now', 'skip'].map(
    (verb): Clause => ({
      states: `"daily ${verb}" is refused to who may not manage the channel`,
      needs: ['people'],
      async holds({ room }) {
        expect(await told(room, `daily ${verb}`, 'bob')).toContain('Only somebody who manages this channel');
        expect(await told(room, 'daily show', 'bob')).toContain('This channel has no feature of the day.');
      },
    }),
  ),
  ...MISTAKES.map(
    ([line, remedy]): Clause => ({
      states: `the mistake in "${line}" is told with the remedy`,
      async holds({ room }) {
        await room.command(line);
        expect(await whispered(room, 'ada')).toContain(remedy);
      },
    }),
  ),
];
