import { expect, test } from 'vitest';
import { parseBoundedJson } from '../../src/configuration/web.js';
import { readEvidence } from '../../src/evidence/neuronpediaAnswer.js';
import { ownTime } from '../support/ownTime.js';

const many = (item: string, count: number) => Array(count).fill(item).join(',');

test.each([
  ['nested lists', '['.repeat(1_900_000) + ']'.repeat(1_900_000), /levels deep/],
  ['nested objects', `${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}`, /levels deep/],
  ['empty objects', `{"activations":[${many('{}', 1_300_000)}]}`, /parts/],
  ['empty lists', `{"activations":[${many('[]', 1_300_000)}]}`, /parts/],
  [
    'numbers where texts belong',
    `{"activations":[{"tokens":[${many('1', 1_900_000)}],"values":[]}]}`,
    /parts/,
  ],
  ['some wrong objects', `{"activations":[${many('{}', 100_000)}]}`, /unexpected shape/],
  [
    'some wrong tokens',
    `{"activations":[{"tokens":[${many('1', 200_000)}],"values":[]}]}`,
    /unexpected shape/,
  ],
])('an answer of %s is refused before it blocks the process', (_, text, reason) => {
  const began = ownTime();
  expect(() => readEvidence(parseBoundedJson(text))).toThrow(reason);
  expect(ownTime() - began).toBeLessThan(1_000);
});

test('JSON is read as it is, whatever its strings hold', () => {
  const value = { a: ['[[[[{{{{:,,,', '\\"', '\\', '"]'], b: { c: null, '}': -1.5e3 } };
  expect(parseBoundedJson(JSON.stringify(value))).toEqual(value);
  expect(parseBoundedJson(JSON.stringify('['.repeat(300_000)))).toHaveLength(300_000);
  expect(() => parseBoundedJson('{"a":"')).toThrow(SyntaxError);
});
