import { expect, test } from 'vitest';
import { chatLine } from '../../../src/adapters/chat/chatLine.js';

test.each([
  ['feature 10 777', '/feature 10 777'],
  ['near 10 777', '/near 10 777'],
  ['help feature', '/ghosttree help feature'],
  ['models', '/ghosttree models'],
])('%s is typed as %s', (line, typed) => {
  expect(chatLine(line)).toBe(typed);
});
