import { expect, test } from 'vitest';
import { hitsOf, peakTokens } from '../../eval/sections/compareData.js';

test('the share of peaks that stand among the first tokens of a list', () => {
  const examples = [
    { tokens: ['a', ' dog'], activations: [1, 3] },
    { tokens: ['dog', ' cat'], activations: [2, 1] },
    { tokens: [' dog'], activations: [1] },
  ];
  const peaks = peakTokens({ examples });
  expect(peaks).toEqual([' dog', 'dog', ' dog']);
  const list = (...tokens: string[]) => tokens.map((token, tokenId) => ({ token, tokenId }));
  const lists = { encoder: list(' dog', 'x', 'dog'), decoder: list('x', ' cat', 'dog') };
  expect(hitsOf(peaks, lists, 2)).toEqual({ encoder: 2 / 3, decoder: 0 });
  expect(hitsOf(peaks, lists, 3)).toEqual({ encoder: 1, decoder: 1 / 3 });
  expect(hitsOf([], lists, 3)).toEqual({ encoder: 0, decoder: 0 });
});
