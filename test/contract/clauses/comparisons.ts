import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import { answered, reportIn, whispered, whole } from '../reading.js';
import { TITLE } from './words.js';

/** What two vectors have in common. */
export const COMPARISONS: Clause[] = [
  {
    states: '"compare" is answered with what encoder and decoder say, in one sentence and in a picture',
    async holds({ room }) {
      await room.command('compare 0 7 cutoff=0.01 tokens=20 theme=light');
      const [announcement, picture] = await whole(room);
      const lines = announcement!.text.split('\n');
      expect(lines[0]).toBe(`${TITLE} · encoder and decoder`);
      expect(announcement!.text).toMatch(
        /The encoder and the decoder say .+ \(cosine -?\d\.\d\d, \d+ of 20 nearest tokens shared, trees \S+% alike\)/,
      );
      expect(announcement!.text).toMatch(/The decoder, ghost at the input at \S+ × mean token distance/);
      expect(announcement!.text).toMatch(
        /(Complete · |Repeat: ).*compare 0 7 cutoff=0.01 tokens=20 theme=light/,
      );
      expect(announcement!.text).not.toContain('Nearest tokens:');
      const { name, bytes } = picture!.file!;
      expect(name).toBe('tiny-gpt2-L0-F7-compare-cutoff0.01-tokens20-theme-light.png');
      expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'two features are compared by the same vector of both',
    async holds({ room }) {
      await room.command('compare 0 7 1 3 weights=decoder scale=auto cutoff=0.01');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toBe(`${TITLE} and layer 1 · feature 3 · decoder`);
      expect(announcement!.text).toContain('L0 F7 and L1 F3 say ');
      expect(announcement!.text).toMatch(/(Complete · |Repeat: ).*compare 0 7 1 3 .*weights=decoder/);
      expect(picture!.file!.name).toBe('tiny-gpt2-L0-F7-L1-F3-decoder-compare-cutoff0.01.png');
    },
  },
  {
    states: 'from a comparison, buttons lead to both trees, both sweeps and the report',
    needs: ['buttons'],
    async holds({ room }) {
      await room.command('compare 0 8 cutoff=0.01 tokens=20');
      const [said] = await whole(room);
      expect(said.buttons).toEqual([
        'Tree of the encoder',
        'Tree of the decoder',
        'Scales of the encoder',
        'Scales of the decoder',
        'JSON',
      ]);
      await room.press('JSON');
      const file = await until('the report as a file', () => reportIn(room));
      const report = JSON.parse(String(file!.bytes));
      expect(report).toMatchObject({
        schema: 'ghosttree/compare@2',
        parameters: { at: 'input', scale: 'auto' },
      });
      await room.press('Tree of the decoder');
      const [answer] = await answered(room);
      expect(answer!.picture.name).toMatch(/^tiny-gpt2-L0-F8-decoder-scale[\d.]+-cutoff0\.01-tokens20\.png$/);
    },
  },
  {
    states: 'what cannot be compared is told to the person who asked only',
    async holds({ room }) {
      await room.command('compare 0 7 weights=decoder');
      expect(await whispered(room, 'ada')).toContain('one feature is compared encoder against decoder');
      expect(room.threads()).toEqual([]);
    },
  },
  {
    states: 'a comparison of hostile tokens does no harm',
    hostile: true,
    async holds({ room }) {
      await room.command('compare 0 7 scale=auto cutoff=0.01');
      await whole(room);
      expect(room.harm()).toEqual([]);
    },
  },
];
