import { expect } from 'vitest';
import type { Clause } from '../contract.js';
import { answered, whispered, whole } from '../reading.js';
import { TITLE } from './words.js';

/** What a feature does on a text. */
export const ACTIVATIONS: Clause[] = [
  {
    states: '"activate" is answered with the texts, the most active token marked, and a picture',
    async holds({ room }) {
      await room.command('activate 0 7 "the a=b ship @here" theme=light');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toMatch(
        new RegExp(`^${TITLE} · (activation [\\d.]+ at “.+”|silent)`),
      );
      expect(announcement!.text).toMatch(/^ *[\d.]+ {2}\S*.*ship/m);
      expect(announcement!.text).toMatch(/Complete · |Repeat: /);
      // In a shell texts stand last, where nothing in them is a flag.
      expect(announcement!.text).toMatch(
        /activate 0 7 ('the a=b ship @here' theme=light|theme=light -- 'the a=b ship @here')/,
      );
      const { name, bytes } = picture!.file!;
      expect(name).toMatch(/^tiny-gpt2-L0-F7-activate-[0-9a-f]{8}-theme-light\.png$/);
      expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: '"activate" compares several texts in the order in which they were asked',
    async holds({ room }) {
      await room.command('activate 0 7 "one two" "three four"');
      const [announcement] = await whole(room);
      const text = announcement!.text.replaceAll(/[«»]/g, '');
      expect(text.indexOf('one two')).toBeGreaterThan(0);
      expect(text.indexOf('three four')).toBeGreaterThan(text.indexOf('one two'));
    },
  },
  {
    states: '"activate" without a feature names the strongest ones of the layer',
    async holds({ room }) {
      await room.command('activate 1 "the ship"');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toContain('tiny-gpt2 · layer 1 · strongest features');
      expect(announcement!.text).toMatch(/\d+ of 48 features are active/);
      expect(picture!.file!.name).toMatch(/^tiny-gpt2-L1-strongest-[0-9a-f]{8}\.png$/);
    },
  },
  {
    states: '"activate" with a text alone names the strongest features of all layers',
    async holds({ room }) {
      await room.command('activate "the ship"');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toContain('tiny-gpt2 · layers 0, 1 · strongest features');
      expect(announcement!.text).toMatch(/Layer 0, by activation; \d+ of \d+ features are active:/);
      expect(announcement!.text).toMatch(/Layer 1, by activation; \d+ of 48 features are active:/);
      expect(picture!.file!.name).toMatch(/^tiny-gpt2-strongest-[0-9a-f]{8}\.png$/);
    },
  },
  {
    states: 'from the strongest features, buttons lead to their trees',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('activate 1 "the ship"');
      const [next] = await whole(room);
      const trees = next.buttons.filter((label) => /^Tree of \d+$/.test(label));
      expect(trees.length).toBeGreaterThan(2);
      await room.press(trees[0]!);
      const [answer] = await answered(room);
      expect(answer!.picture.name).toBe(`tiny-gpt2-L1-F${trees[0]!.slice('Tree of '.length)}-encoder.png`);
    },
  },
  {
    states: '"activate" without a text is told what is missing',
    async holds({ room }) {
      await room.command('activate 0 7');
      expect(await whispered(room, 'ada')).toMatch(/^There is no text/);
    },
  },
];
