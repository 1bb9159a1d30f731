import { expect } from 'vitest';
import { quoted } from '../../../commands/line/grammar.js';
import type { Clause } from '../contract.js';
import { HOSTILE } from '../model.js';
import { answered, whispered } from '../reading.js';
import { ORDINARY } from './words.js';

/** What a model or a person says is shown, and does nothing. */
export const HOSTILITY: Clause[] = [
  {
    states: 'a model that says hostile things pings nobody, links nowhere and is quoted as it is',
    hostile: true,
    async holds({ room }) {
      await room.command(ORDINARY);
      const [answer] = await answered(room);
      expect(room.harm()).toEqual([]);
      for (const token of ['@everyone', '<!channel>', '<@U0000000001>', 'https://evil.example/x', '**']) {
        expect(answer!.list).toContain(token);
      }
      expect(answer!.list).toContain('U+202Efdp.exe');
      expect(answer!.list).toContain('U+001B[31mU+0007');
      expect(answer!.list).toContain('@everyone');
    },
  },
  {
    states: 'a person who says hostile things in a prompt pings nobody through us',
    async holds({ room }) {
      const prompt = '@everyone <!channel> \u202E\x1b[31m https://a.com {ghost}';
      await room.command(`feature 0 7 cutoff=0.01 tokens=5 prompt=${quoted(prompt)}`);
      await answered(room);
      expect(room.harm()).toEqual([]);
    },
  },
  {
    states: 'a person who makes hostile mistakes pings nobody through us',
    async holds({ room, another }) {
      await room.command(`feature 0 7 scale=${quoted(HOSTILE.join(' '))}`);
      expect(await whispered(room, 'ada')).toContain('@everyone');
      const other = await another();
      await other.command('@everyone<!channel>https://evil.example/x');
      expect(await whispered(other, 'ada')).toContain('There is no command "@everyone<!channel>');
      expect([...room.harm(), ...other.harm()]).toEqual([]);
    },
  },
];
