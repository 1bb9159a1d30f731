import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import { reportIn, whole } from '../reading.js';
import { TITLE } from './words.js';

/** Text that a feature dreams of. */
export const DREAMS: Clause[] = [
  {
    states: '"dream" is answered with texts that activate a feature, and a picture',
    async holds({ room }) {
      await room.command('dream 0 7 budget=3000 length=8 theme=light');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toContain(`${TITLE} · dreamt text · active up to `);
      expect(announcement!.text).toMatch(/ost active.* \(active [\d.]+, [\d.]+ nats a token\):/);
      expect(announcement!.text).toMatch(/«.+»/s);
      expect(announcement!.text).toMatch(/Read \d+.\d+ tokens, seed 1\./);
      expect(announcement!.text).toMatch(/(Complete · |Repeat: ).*dream 0 7 /);
      expect(picture!.file!.name).toBe('tiny-gpt2-L0-F7-dream-1-theme-light-length8-budget3000.png');
      expect(picture!.file!.bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'a dream that is cancelled is answered with what was found until then',
    async holds({ room }) {
      await room.command('dream 0 7 budget=5000000');
      await until('the dream found something', () => /dreaming.*active \d/s.test(room.progress()));
      await room.cancel();
      const [announcement] = await whole(room);
      expect(announcement!.text).toContain('Cancelled: this is what was found until then.');
    },
  },
  {
    states: 'from a dream, buttons lead to another one, to the tree and to the report',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('dream 0 7 budget=3000 length=8');
      const [said] = await whole(room);
      expect(said.buttons).toEqual(['Again with another seed', 'Tree', 'JSON']);
      await room.press('JSON');
      const file = await until('the report as a file', () => reportIn(room));
      expect(JSON.parse(String(file.bytes))).toMatchObject({
        schema: 'ghosttree/dream@1',
        search: { ended: 'budget' },
      });
    },
  },
];
