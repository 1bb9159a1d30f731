import { expect } from 'vitest';
import { until } from '../../slack/until.js';
import type { Clause } from '../contract.js';
import { PATIENCE } from '../reading.js';
import { TITLE } from './words.js';

/** What else can be asked of a feature. */
export const KINDS: Clause[] = [
  {
    states: '"kind" is answered with the tokens a feature promotes and suppresses, and a picture',
    async holds({ room }) {
      await room.command('kind 0 7 theme=light');
      const [announcement, picture] = await until(() => {
        const [said] = room.threads();
        // The last message, with what to ask next.
        return said && said.length > 2 ? said : undefined;
      }, PATIENCE);
      expect(announcement!.text.split('\n')[0]).toContain(`${TITLE} · `);
      expect(announcement!.text).toContain('Promotes: ');
      expect(announcement!.text).toContain('Suppresses: ');
      expect(announcement!.text).toMatch(/skewness -?\d+\.\d\d \([\d.]+(st|nd|rd|th) percentile\)/);
      expect(announcement!.text).toMatch(/Repeat: .*kind 0 7 theme=light/);
      expect(announcement!.text).not.toContain('Nearest tokens:');
      const { name, bytes } = picture!.file!;
      expect(name).toBe('tiny-gpt2-L0-F7-kind.png');
      expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'from a kind, buttons lead to the trees of the feature',
    needs: ['buttons', 'threads'],
    async holds({ room }) {
      await room.command('kind 0 8');
      const [said] = await until(
        () => (room.threads()[0]?.length === 3 ? room.threads() : undefined),
        PATIENCE,
      );
      expect(said!.at(-1)!.buttons).toEqual(['Tree', 'Tree of the decoder', 'The layer', 'JSON']);
      await room.press('JSON');
      const file = await until(() => room.threads()[0]!.at(-1)!.file, PATIENCE);
      expect(JSON.parse(String(file!.bytes))).toMatchObject({
        schema: 'ghosttree/kind@2',
        sae: { feature: 8 },
      });
    },
  },
];
