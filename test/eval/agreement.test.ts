import { expect, test } from 'vitest';
import { Agreement, snippetBag, treeBag } from '../../eval/agreement.js';
import { halfOf, sample } from '../../eval/split.js';
import { estimate } from '../../eval/statistics.js';

const snippets = (feature: number, ...lines: string[]) => ({
  hook: 'h',
  feature,
  density: 0.1,
  max: 2,
  examples: lines.map((line) => ({ tokens: line.split(' '), activations: line.split(' ').map(() => 1) })),
});
const all = [snippets(0, 'a dog', 'a cat'), snippets(1, 'a car'), snippets(2, 'a bus'), snippets(3, 'a dog')];

test('what all have in common does not count; what few have counts most', () => {
  const agreement = new Agreement(all);
  expect(agreement.idf('a')).toBe(0);
  expect(agreement.idf('dog')).toBeCloseTo(Math.log(2));
  expect(agreement.idf('car')).toBeCloseTo(Math.log(4));
  expect(agreement.of(snippetBag(all[1]!), snippetBag(all[2]!))).toBe(0);
});

test('the same is 1, half of it by hand', () => {
  const agreement = new Agreement(all);
  const [both, one] = [snippetBag(all[0]!), snippetBag(all[3]!)];
  expect(agreement.of(both, both)).toBeCloseTo(1);
  // [dog, cat] = [log 2, log 4] against [log 2, 0]
  const expected = Math.log(2) / Math.hypot(Math.log(2), Math.log(4));
  expect(agreement.of(both, one)).toBeCloseTo(expected);
});

test('a tree says each token with the probability of getting there', () => {
  const node = (token: string, cumulative: number, children: ReturnType<typeof leaf>[] = []) => ({
    ...leaf(token, cumulative),
    children,
  });
  const leaf = (token: string, cumulative: number) => ({
    tokenId: 1,
    token,
    probability: 1,
    cumulative,
    end: false,
    children: [] as never[],
  });
  const root = node('', 1, [node('a', 0.6, [leaf('dog', 0.5)]) as never, leaf('dog', 0.25)]);
  expect([...treeBag(root)]).toEqual([
    ['a', 0.6],
    ['dog', 0.75],
  ]);
});

test('halves are halves and stay the same; samples are seeded', () => {
  const features = Array.from({ length: 1000 }, (_, feature) => feature);
  const tuning = features.filter((feature) => halfOf(feature) === 'tuning');
  expect(Math.abs(tuning.length - 500)).toBeLessThan(60);
  expect(sample(features, 20, 3)).toEqual(sample(features, 20, 3));
  expect(new Set(sample(features, 20, 3)).size).toBe(20);
  expect(sample([1, 2], 20, 3)).toHaveLength(2);
});

test('the interval of a mean holds it and shrinks with more values', () => {
  const few = estimate([1, 2, 3, 4]);
  expect(few.mean).toBe(2.5);
  expect(few.low).toBeLessThan(2.5);
  expect(few.high).toBeGreaterThan(2.5);
  const many = estimate(Array.from({ length: 400 }, (_, i) => 1 + (i % 4)));
  expect(many.high - many.low).toBeLessThan(0.3);
});
