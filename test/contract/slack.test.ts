import { expect, test } from 'vitest';
import { expectToHold } from './holds.js';
import { slack } from './slack.js';

test('it lacks nothing', () => {
  expect(slack.lacks).toEqual({});
});

expectToHold(slack);
