import { expect } from 'vitest';
import type { Clause } from '../contract.js';
import { whispered } from '../reading.js';

const MISTAKES = [
  ['feature 9 9', 'tiny-gpt2 has no SAE at layer 9; layers with one: 0, 1.'],
  ['feature 0 48', 'Feature 48 does not exist: layer 0 of tiny-gpt2 has features 0 to 47.'],
  ['feature 0 7 scale=big', 'scale=big: expected 0.01..64 or auto or best.'],
  ['feature 0 7 clamp=hard', 'clamp=hard: expected -100..100 or off.'],
  ['feature 0 7 clamp=1 steer=2', 'clamp=1 and steer=2 exclude each other: give one of them'],
  ['feature 0 7 scal=3', 'There is no option "scal". Did you mean "scale"?'],
  ['featur 0 7', 'There is no command "featur". Did you mean "feature"?'],
] as const;

/** What concerns only the person who asked. */
export const REFUSALS: Clause[] = [
  ...MISTAKES.map(
    ([line, remedy]): Clause => ({
      states: `the mistake in "${line}" is told in one line, with the remedy, to the person who made it only`,
      async holds({ room }) {
        await room.command(line);
        const told = await whispered(room, 'ada');
        expect(told.slice(0, remedy.length)).toBe(remedy);
        expect(told).not.toContain('\n');
        expect([room.privately('ada'), room.privately('bob'), room.threads()]).toEqual([[told], [], []]);
      },
    }),
  ),
  ...(
    [
      ['help', 'feature <layer> <feature> [key=value ...]'],
      ['help feature', 'smallest cumulative probability grown (5e-5)'],
      ['models', 'tiny-gpt2 (default): a random GPT-2 of 3 layers'],
    ] as const
  ).map(
    ([line, text]): Clause => ({
      states: `"${line}" is answered to the person who asked only`,
      async holds({ room }) {
        await room.command(line);
        expect(await whispered(room, 'ada')).toContain(text);
        expect([room.privately('bob'), room.threads()]).toEqual([[], []]);
      },
    }),
  ),
];
