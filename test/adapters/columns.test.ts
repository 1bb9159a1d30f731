import { expect, test } from 'vitest';
import { inColumns } from '../../src/adapters/terminal/columns.js';

test('cells are read downwards in as many columns as fit', () => {
  expect(inColumns(['a', 'b', 'c', 'd', 'e'], 12)).toBe('a   c   e\nb   d');
});

test('wide characters take two columns', () => {
  expect(inColumns(['日本', 'ab', 'c', 'd'], 12)).toBe('日本   c\nab     d');
});

test('a terminal that is too narrow gets one column', () => {
  expect(inColumns(['long cell', 'b'], 3)).toBe('long cell\nb');
});
