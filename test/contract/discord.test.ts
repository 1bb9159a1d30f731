import { expect, test } from 'vitest';
import { discord } from './discord.js';
import { expectToHold } from './holds.js';

test('it lacks nothing', () => {
  expect(discord.lacks).toEqual({});
});

expectToHold(discord);
