import { expect } from 'vitest';
import type { Clause } from '../contract.js';
import { answered, told, whispered } from '../reading.js';

const QUESTION = 'feature 0 7 cutoff=0.01';

/** Defaults of a channel. */
export const SETTINGS: Clause[] = [
  {
    states: 'settings of a channel are defaults of its answers, and the line that repeats one says so',
    needs: ['people'],
    async holds({ room, another }) {
      expect(await told(room, 'settings show')).toContain('This channel: nothing set');
      expect(await told(room, 'settings set theme=light tokens=30')).toContain(
        'This channel: theme=light tokens=30',
      );
      await room.command(QUESTION);
      await answered(room);
      expect((await room.report()).parameters).toMatchObject({ theme: 'light' });
      const line = await room.howToRepeat();
      expect(line).toContain('theme=light');
      expect(line).toContain('tokens=30');
      const elsewhere = await another();
      await elsewhere.command(line);
      await answered(elsewhere);
      expect((await elsewhere.report()).parameters).toMatchObject({ theme: 'light', tokens: 30 });
      expect(await told(room, 'settings reset theme')).toContain('This channel: tokens=30');
    },
  },
  {
    states: 'settings are shown to everybody, and changed only by who manages the channel or workspace',
    needs: ['people'],
    async holds({ room }) {
      expect(await told(room, 'settings show', 'bob')).toContain('nothing set');
      expect(await told(room, 'settings set theme=light', 'bob')).toContain(
        'Only somebody who manages this channel',
      );
      expect(await told(room, 'settings reset', 'bob')).toContain('Only somebody who manages this channel');
      // Ada manages the channel, but not all of the workspace.
      expect(await told(room, 'settings set theme=light scope=workspace')).toContain(
        'Only somebody who manages the workspace',
      );
      expect(await told(room, 'settings show', 'bob')).toContain('This channel: nothing set');
    },
  },
  ...(
    [
      ['settings set thme=light', 'Did you mean "theme"?'],
      ['settings set theme=blue', 'theme=blue: expected dark, light'],
      ['settings set nodes=99999999', 'nodes=99999999: expected a whole number'],
      ['settings set model=tiny', 'There is no model "tiny"'],
      ['settings set clamp=1 steer=1', 'exclude each other'],
      ['settings st theme=light', 'There is no "settings st". Did you mean "set"?'],
      ['settings reset thme', 'Did you mean "theme"?'],
    ] as const
  ).map(
    ([line, remedy]): Clause => ({
      states: `the mistake in "${line}" is told with the remedy`,
      async holds({ room }) {
        await room.command(line);
        expect(await whispered(room, 'ada')).toContain(remedy);
      },
    }),
  ),
];
