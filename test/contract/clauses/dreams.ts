import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause, Scene } from '../contract.js';
import { TITLE } from './words.js';

/** Waits for a picture of dreamt text; what stands with it. */
function dreamt(room: Scene['room']) {
  return until('dreamt text with what to ask next', () => {
    const said = room.threads().find((thread) => thread.some(({ file }) => file?.name.includes('-dream-')));
    // The last message, with what to ask next.
    return said && said.length > 2 ? said : undefined;
  });
}

/** Text that a feature dreams of. */
export const DREAMS: Clause[] = [
  {
    states: '"dream" is answered with texts that activate a feature, and a picture',
    async holds({ room }) {
      await room.command('dream 0 7 budget=3000 length=8 theme=light');
      const [announcement, picture] = await dreamt(room);
      expect(announcement!.text.split('\n')[0]).toContain(`${TITLE} · dreamt text · active up to `);
      expect(announcement!.text).toMatch(/ost active.* \(active [\d.]+, [\d.]+ nats a token\):/);
      expect(announcement!.text).toMatch(/«.+»/s);
      expect(announcement!.text).toMatch(/Read \d+.\d+ tokens, seed 1\./);
      expect(announcement!.text).toMatch(/Repeat: .*dream 0 7 /);
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
      const [announcement] = await dreamt(room);
      expect(announcement!.text).toContain('Cancelled: this is what was found until then.');
    },
  },
  {
    states: 'from a dream, buttons lead to another one, to the tree and to the report',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('dream 0 7 budget=3000 length=8');
      const said = await dreamt(room);
      expect(said.at(-1)!.buttons).toEqual(['Again with another seed', 'Tree', 'JSON']);
      await room.press('JSON');
      const file = await until('the report as a file', () => room.threads()[0]!.at(-1)!.file);
      expect(JSON.parse(String(file.bytes))).toMatchObject({
        schema: 'ghosttree/dream@1',
        search: { ended: 'budget' },
      });
    },
  },
];
