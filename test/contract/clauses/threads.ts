import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import { type Answer, answered } from '../reading.js';
import { ORDINARY, SECOND, TITLE } from './words.js';

/** How an answer is followed up. */
export const THREADS: Clause[] = [
  {
    states: 'options alone, in a thread, change what the thread is about',
    needs: ['threads'],
    async holds({ room }) {
      await room.command(ORDINARY);
      await answered(room);
      await room.follow('scale=5', 'bob');
      await answered(room, 2);
      await room.follow('weights=decoder');
      const titles = (await answered(room, 3)).map(({ announcement }) => announcement.split('\n')[0]);
      expect(titles.slice(1)).toEqual([
        `${TITLE} · encoder · at the input at 5 × mean token distance`,
        `${TITLE} · decoder · at the input at 5 × mean token distance`,
      ]);
      expect(await room.howToRepeat()).toBe('feature 0 7 weights=decoder scale=5 cutoff=0.01 tokens=20');
      expect(room.threads()).toHaveLength(1);
    },
  },
  {
    states: 'buttons answer in the same thread, acknowledged within a second',
    needs: ['threads', 'buttons', 'acknowledgements'],
    async holds({ room, core }) {
      await room.command(ORDINARY);
      const [{ buttons }] = (await answered(room)) as [Answer];
      expect(buttons).toEqual(['Explain', 'Texts', 'Logits', 'Neighbours', 'Decoder', 'Details']);
      expect(await room.press('Decoder', 'bob')).toBeLessThan(SECOND);
      await answered(room, 2);
      await room.press('Details');
      await until('the details', () => room.offers('Scale up') || undefined);
      expect(await room.press('Scale up')).toBeLessThan(SECOND);
      const [, ...more] = await answered(room, 3);
      expect(more.map(({ announcement }) => announcement.split('\n')[0])).toEqual([
        `${TITLE} · decoder · at the input at 1 × mean token distance`,
        `${TITLE} · decoder · at the input at 1.25 × mean token distance`,
      ]);
      expect(core.asked.at(-1)!.parameters).toMatchObject({ weights: 'decoder', at: 'input', scale: 1.25 });
      expect(room.threads()).toHaveLength(1);
    },
  },
  {
    states: 'fewer branches redraws the grown tree and grows nothing',
    needs: ['buttons'],
    async holds({ room, core }) {
      await room.command('feature 0 7 cutoff=0.005 trim=0.01 tokens=20');
      await answered(room);
      const before = core.asked.length;
      await room.press('Details');
      await until('the details', () => room.offers('Fewer branches') || undefined);
      await room.press('Fewer branches');
      const [first, fewer] = await answered(room, 2);
      expect(core.asked).toHaveLength(before);
      expect(fewer!.list).toBe(first!.list);
      expect(fewer!.tree.bytes.equals(first!.tree.bytes)).toBe(false);
      expect(await room.howToRepeat()).toBe('feature 0 7 cutoff=0.005 trim=0.04 tokens=20');
    },
  },
];
