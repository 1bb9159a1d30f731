import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import type { Room, Said } from '../driver.js';
import { answered, atWork, whispered } from '../reading.js';
import { LONG } from './words.js';

/** What happens when it takes long, or when several ask, or the same arrives again. */
export const STRAIN: Clause[] = [
  {
    states: 'a mistake that shows only at work is told with the remedy, and nothing is drawn',
    async holds({ room }) {
      await room.command(`feature 0 7 prompt='${'word '.repeat(100)}{ghost}'`);
      await told(room, 'tiny-gpt2 reads at most 63: shorten it.');
      expect(drawn(room)).toEqual([]);
    },
  },
  {
    states: 'work shows that it goes on, and ends when the person who asked cancels it',
    async holds({ room, core }) {
      core.hold(); // however fast the machine is
      await room.command(LONG);
      await atWork(room);
      await room.cancel();
      core.release();
      await told(room, 'Cancelled.');
      expect(drawn(room)).toEqual([]);
    },
  },
  {
    states: 'who manages the channel may cancel, others are told that they may not',
    needs: ['people', 'buttons'],
    async holds({ room, another, core }) {
      core.hold();
      await room.command(LONG);
      await atWork(room);
      await room.cancel('bob');
      expect(await whispered(room, 'bob')).toBe(
        'Only the person who asked, or somebody who manages the channel, can cancel this.',
      );
      await room.cancel();
      core.release();
      await told(room, 'Cancelled.');
      const managed = await another();
      core.hold();
      await managed.command(LONG, 'bob');
      await atWork(managed);
      await managed.cancel('ada');
      core.release();
      await told(managed, 'Cancelled.');
    },
  },
  {
    states: 'an event that arrives twice is answered once',
    needs: ['deliveries'],
    async holds({ room, core }) {
      core.hold();
      await room.commandTwice('feature 0 12 cutoff=0.01 tokens=5');
      await until('an announcement', () => room.threads().length > 0);
      core.release();
      await answered(room);
      await room.command('feature 9 9');
      await whispered(room, 'ada');
      const complete = room
        .threads()
        .flat()
        .filter(({ text }) => /^Complete · /m.test(text));
      expect(complete).toHaveLength(1);
    },
  },
  {
    states: 'a question that two people ask at once is computed once and answered to both',
    needs: ['people'],
    async holds({ room, core }) {
      const before = core.asked.length;
      core.hold();
      await room.command('feature 0 13 cutoff=0.01 tokens=5', 'ada');
      await room.command('feature 0 13 tokens=5 cutoff=0.01', 'bob');
      await until('two announcements', () => room.threads().length === 2);
      core.release();
      const [first, second] = await answered(room, 2);
      expect(core.asked.slice(before)).toMatchObject([{ feature: 13 }]);
      expect(second).toEqual(first);
    },
  },
  {
    states: 'who has too many unanswered questions is refused politely, others are not',
    needs: ['people'],
    async holds({ room, core }) {
      core.hold();
      for (const feature of [14, 15, 16, 17]) await room.command(`feature 0 ${feature} cutoff=0.01 tokens=5`);
      await room.command('feature 0 18 cutoff=0.01 tokens=5', 'bob');
      await told(room, 'You have 3 unanswered questions: please wait for an answer, or cancel one.');
      core.release();
      const titles = (await answered(room, 4)).map(({ announcement }) => announcement.slice(0, 32));
      expect(titles.sort()).toEqual(
        [14, 15, 16, 18].map((feature) => `tiny-gpt2 · layer 0 · feature ${feature}`),
      );
    },
  },
];

/** Waits until the bot says something to Ada, wherever. */
function told(room: Room, sentence: string): Promise<boolean> {
  const texts = () => [
    ...room.threads().flatMap((said) => said.map(({ text }) => text)),
    ...room.privately('ada'),
  ];
  return until(`somebody is told: ${sentence}`, () => texts().some((text) => text.endsWith(sentence)));
}

/** What has a picture, or offers to press something. */
function drawn(room: Room): Said[] {
  const said = room.threads().flat();
  return said.filter(({ buttons, file }) => buttons.length > 0 || file);
}
