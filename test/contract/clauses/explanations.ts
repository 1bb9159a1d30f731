import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import { reportIn, whole } from '../reading.js';
import { TITLE } from './words.js';

/** All evidence about a feature on one page. */
export const EXPLANATIONS: Clause[] = [
  {
    states: '"explain" is answered with an explanation, what it rests on and what is missing, and a picture',
    async holds({ room }) {
      await room.command('explain 0 7 theme=light');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toContain(`${TITLE} · explained`);
      expect(announcement!.text).toMatch(/(Fairly|Somewhat|Not) sure: .+\. Written by rules\./);
      // The tiny model's SAE is random.
      expect(announcement!.text).toContain('Without dreamt text: the activations of this SAE');
      expect(announcement!.text).toContain('Without examples: none come with the model');
      expect(announcement!.text).toMatch(/(Complete · |Repeat: ).*explain 0 7 theme=light/);
      expect(picture!.file!.name).toBe('tiny-gpt2-L0-F7-explain-encoder-theme-light.png');
      expect(picture!.file!.bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'a page that is cancelled ends with all its parts',
    async holds({ room, core }) {
      core.hold();
      // Nobody asked for it yet: nothing of it is at hand.
      await room.command('explain 0 9');
      await until('progress is shown', () => room.progress() !== '');
      await room.cancel();
      const cancelled = (text: string) => /Cancelled/.test(text);
      await until(
        'the cancelling is told',
        () => cancelled(room.progress()) || room.privately('ada').some(cancelled),
      );
      core.release();
    },
  },
  {
    states: 'from a page, buttons lead to its parts and to the report',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('explain 0 7');
      const [{ buttons }] = await whole(room);
      expect(buttons).toEqual(['Tree', 'Dream', 'Kind', 'Best scale', 'How to activate', 'JSON']);
      await room.press('JSON');
      const file = await until('the report as a file', () => reportIn(room));
      expect(JSON.parse(String(file.bytes))).toMatchObject({
        schema: 'ghosttree/explain@1',
        explanation: { by: 'rules' },
        parts: { feature: { schema: 'ghosttree/feature@2' } },
      });
    },
  },
  {
    states: 'a page about a hostile vocabulary pings nobody and links nowhere',
    hostile: true,
    async holds({ room }) {
      await room.command('explain 0 7');
      await whole(room);
      expect(room.harm()).toEqual([]);
    },
  },
];
