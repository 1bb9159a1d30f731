import { expect } from 'vitest';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import { answered, reportIn, whole } from '../reading.js';
import { TITLE } from './words.js';

/** What else can be asked of a feature. */
export const KINDS: Clause[] = [
  {
    states: '"kind" is answered with the tokens a feature promotes and suppresses, and a picture',
    async holds({ room }) {
      await room.command('kind 0 7 theme=light');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toContain(`${TITLE} · `);
      expect(announcement!.text).toContain('Promotes: ');
      expect(announcement!.text).toContain('Suppresses: ');
      expect(announcement!.text).toMatch(/skewness -?\d+\.\d\d \([\d.]+(st|nd|rd|th) percentile\)/);
      expect(announcement!.text).toMatch(/(Complete · |Repeat: ).*kind 0 7 theme=light/);
      expect(announcement!.text).not.toContain('Nearest tokens:');
      const { name, bytes } = picture!.file!;
      expect(name).toBe('tiny-gpt2-L0-F7-kind-theme-light.png');
      expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'from a kind, buttons lead to the trees of the feature',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('kind 0 8');
      const [said] = await whole(room);
      expect(said.buttons).toEqual(['Tree', 'Tree of the decoder', 'The layer', 'JSON']);
      await room.press('JSON');
      const file = await until('the report as a file', () => reportIn(room));
      expect(JSON.parse(String(file!.bytes))).toMatchObject({
        schema: 'ghosttree/kind@2',
        sae: { feature: 8 },
      });
    },
  },
  {
    states: '"kind" with a layer alone is answered with the features that stand out there, and a picture',
    async holds({ room }) {
      await room.command('kind 1 theme=light');
      const [announcement, picture] = await whole(room);
      expect(announcement!.text.split('\n')[0]).toContain('tiny-gpt2 · layer 1 · kinds of features');
      for (const group of ['Prediction', 'Suppression', 'Partition', 'Token', 'Context'])
        expect(announcement!.text).toMatch(new RegExp(`${group} features: \\d+`));
      expect(announcement!.text).toMatch(/(Complete · |Repeat: ).*kind 1 theme=light/);
      const { name, bytes } = picture!.file!;
      expect(name).toBe('tiny-gpt2-L1-kinds-theme-light.png');
      expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'from a layer, buttons lead to the kind of a feature that stands out',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('kind 1');
      const [said] = await whole(room);
      const [first] = said.buttons;
      expect(first).toMatch(/^Kind of F\d+$/);
      await room.press(first!);
      const feature = first!.replace('Kind of F', '');
      await until(
        'the kind of the feature of the button',
        () =>
          room.threads()[0]!.some(({ text }) => text.includes(`layer 1 · feature ${feature} · `)) ||
          undefined,
      );
    },
  },
  {
    states: 'an answer says what kind of feature it is once the layer was measured',
    async holds({ room, another }) {
      await room.command('kind 0 9');
      await whole(room);
      const next = await another();
      await next.command('feature 0 9 cutoff=0.02 tokens=5');
      await answered(next);
      const { kind } = await next.report();
      expect(kind!.skewness.percentile).toBeGreaterThanOrEqual(0);
      expect(kind!.firing.texts).toBeGreaterThan(0);
    },
  },
];
