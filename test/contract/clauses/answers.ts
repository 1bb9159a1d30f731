import { expect } from 'vitest';
import type { GhostSetting } from '../../../src/core/index.js';
import { until } from '../../support/until.js';
import type { Clause } from '../contract.js';
import { answered, whole } from '../reading.js';
import { LONG, SECOND, TITLE } from './words.js';

const FIRST_TOKENS = ['<0xF5>', '<0xAA>', 'and', '<0xCD>', 'a<0xC3>', '<0xF2>', 'z', '<0x94>', 'U+007F', 'X'];

/** What an answer holds. */
export const ANSWERS: Clause[] = [
  {
    states: 'a command is acknowledged within a second, while the model is busy, too',
    needs: ['acknowledgements'],
    async holds({ room, core }) {
      core.hold();
      expect(await room.command(LONG)).toBeLessThan(SECOND);
      expect(await room.command('help')).toBeLessThan(SECOND);
      await until('the question is at work', () => room.offers('Cancel'));
      await room.cancel();
      core.release();
    },
  },
  {
    states: 'the announcement names model, layer and feature, then weights, place and scale',
    async holds({ ordinary }) {
      const { answer } = await ordinary();
      expect(answer.announcement.split('\n')[0]).toBe(
        `${TITLE} · encoder · at the input at 1 × mean token distance`,
      );
    },
  },
  {
    states: 'the announcement tells the best definition and the verdict as text',
    async holds({ ordinary }) {
      const { answer } = await ordinary();
      expect(answer.announcement).toContain('? not measured yet: nothing is known of where it fires');
      expect(answer.announcement).toMatch(/“definit<0xB8>definit.*” silent|silent {2}definit<0xB8>definit/);
    },
  },
  {
    states: 'one message is the answer, its pictures and its list follow, and nobody is told more',
    async holds({ ordinary }) {
      const { room } = await ordinary();
      const [said, ...others] = room.threads();
      expect(others).toEqual([]);
      expect(said!.filter(({ text }) => text.startsWith('Token list'))).toHaveLength(1);
      expect([...room.privately('ada'), ...room.privately('bob')]).toEqual([]);
    },
  },
  {
    states: 'the picture is a PNG named after the feature',
    async holds({ ordinary }) {
      const { picture } = (await ordinary()).answer;
      expect(picture.name).toBe('tiny-gpt2-L0-F7-encoder-cutoff0.01-tokens20.png');
      expect(picture.bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(picture.bytes.subarray(-8, -4).toString('latin1')).toBe('IEND');
    },
  },
  {
    states: 'the picture tells in words what the model says',
    needs: ['alt text'],
    async holds({ ordinary }) {
      const { alt } = (await ordinary()).answer.picture;
      expect(alt).toMatch(/tiny-gpt2, layer 0, feature 7\. The model says: “definit<0xB8>definit.*”/);
    },
  },
  {
    states: 'the token list is text, with scores',
    async holds({ ordinary }) {
      const { list } = (await ordinary()).answer;
      for (const token of FIRST_TOKENS) expect(list).toContain(token);
      for (const score of ['0.481', '0.692', '0.800']) expect(list).toContain(score);
    },
  },
  {
    states: 'the report states every parameter',
    async holds({ room }) {
      await room.command('feature 1 3 scale=2 weights=decoder cutoff=0.01 tokens=12');
      await answered(room);
      const { schema, model, sae, parameters } = await room.report();
      expect(schema).toBe('ghosttree/feature@2');
      expect([model.id, sae.layer, sae.feature]).toEqual(['tiny-gpt2', 1, 3]);
      const asked = { weights: 'decoder', at: 'input', scale: 2, cutoff: 0.01, tokens: 12, list: 'near' };
      const chosen = { centroid: true, pca: 0, m: 1.4, close: true };
      const tree = {
        top: 5,
        trim: 1e-4,
        depth: 25,
        nodes: 5000,
        prune: 'off',
        clamp: 'off',
        steer: 'off',
        theme: 'dark',
      };
      const prompt = 'A typical definition of "{ghost}" would be "';
      expect(parameters).toEqual({ ...asked, ...chosen, ...tree, prompt });
    },
  },
  {
    states: 'a definition that grew while the feature was held says so everywhere',
    async holds({ room }) {
      await room.command('feature 1 3 clamp=2 cutoff=0.01 tokens=12');
      const [answer] = await answered(room);
      const { held } = await room.report();
      expect(held).toMatchObject({ by: 'clamp', strength: 2, activation: 2 * held!.unit });
      expect(answer!.announcement.split('\n')[0]).toContain('mean token distance · clamp 2');
      expect(answer!.announcement).toContain('Grown with clamp 2 = activation ');
      expect(answer!.picture.name).toBe('tiny-gpt2-L1-F3-encoder-cutoff0.01-tokens12-clamp2.png');
    },
  },
  {
    states: 'what an answer shows is enough to repeat it',
    async holds({ room, another }) {
      await room.command(`feature 1 3 at=input scale=2 cutoff=0.01 tokens=12 prompt='It'"'"'s "{ghost}", "'`);
      const [first] = await answered(room);
      const again = await another();
      await again.command(await room.howToRepeat());
      const [second] = await answered(again);
      expect(second).toEqual(first);
    },
  },
  {
    states: 'scale=best is answered with the number that it stands for',
    async holds({ room }) {
      await room.command('feature 1 3 scale=best cutoff=0.01 tokens=12');
      await answered(room);
      const { parameters, ghost, definitions } = await room.report();
      expect(parameters.scale).toBeGreaterThan(0);
      expect(ghost.chosen).toMatch(/^(readBack|fallback)$/);
      if (ghost.chosen === 'readBack') expect(parameters).toMatchObject(settingOf(definitions[0]!));
    },
  },
  {
    states: 'list=hybrid lists tokens by activation, each in its context',
    async holds({ room }) {
      await room.command('feature 1 3 list=hybrid cutoff=0.01 tokens=12');
      const [answer] = await answered(room);
      const { tokens, hybrid } = await room.report();
      expect(hybrid!.texts).toBeGreaterThan(0);
      expect(tokens.map(({ rank }) => rank)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
      expect(tokens[0]!.activation).toBeGreaterThan(0);
      expect(tokens[0]!.context).toBeDefined();
      expect(answer!.list).toContain('most active first, where they fire best');
    },
  },
  {
    states: '/sweep answers with what the feature says at each scale, as text and as a picture',
    async holds({ room }) {
      await room.command('sweep 0 7 weights=decoder');
      const [announcement, picture] = await whole(room);
      expect(picture.file!.name).toBe('tiny-gpt2-L0-F7-decoder-sweep.png');
      expect(picture.file!.bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect(announcement!.text).toContain(`${TITLE} · decoder · best scale`);
      expect(announcement!.text).toContain('← best');
      expect(announcement!.text).toMatch(/(Complete · |Repeat: ).*sweep 0 7 weights=decoder/);
      expect(announcement!.text).not.toContain('Nearest tokens');
    },
  },
  {
    states: '/sweep offers the trees at the best scale and beside it',
    needs: ['buttons'],
    async holds({ room }) {
      await room.command('sweep 0 7');
      const [{ buttons: offered }] = await whole(room);
      expect(offered.filter((label) => label.startsWith('Tree at'))).toHaveLength(3);
      await room.press(offered.find((label) => label.endsWith('(best)'))!);
      const [answer] = await answered(room);
      expect(answer!.picture.name).toMatch(/^tiny-gpt2-L0-F7-encoder-scale[\d.]+\.png$/);
    },
  },
];

/** Where the ghost was put that said something. */
function settingOf({ at, scale }: GhostSetting): GhostSetting {
  return { at, scale };
}
