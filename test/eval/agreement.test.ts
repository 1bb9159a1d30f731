import { expect, test } from 'vitest';
import { Agreement, Likelihood, snippetBag, treeBag } from '../../eval/measures/agreement.js';
import { halfOf, sample } from '../../eval/measures/split.js';
import { estimate } from '../../eval/measures/statistics.js';
import { judgesOf, measured } from '../../eval/measures/treeMeasures.js';

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

test('the mean agreement with the others is the mean of the agreements', () => {
  const agreement = new Agreement(all);
  const bags = all.map(snippetBag);
  const means = bags.map((bag) => {
    const others = bags.filter((other) => other !== bag).map((other) => agreement.of(bag, other));
    return others.reduce((sum, value) => sum + value, 0) / others.length;
  });
  agreement.withOthers(bags).forEach((value, index) => {
    expect(value).toBeCloseTo(means[index]!);
  });
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
  const [a, dog] = root.children;
  const connected = { ...root, children: [{ ...a!, connector: true as const }, dog!] };
  expect([...treeBag(connected)]).toEqual([['dog', 0.75]]);
});

test('the log-ratio by hand: what stands more often in the own snippets than in all counts, what does not stands below', () => {
  const likelihood = new Likelihood(all);
  const own = likelihood.under(all[0]!);
  // Counts: a 5, dog 2, cat, car, bus 1 each, of 10; 15 with one added to each of five.
  const dog = 3 / 15;
  expect(own(new Map([['dog', 0.5]]))).toBeCloseTo(Math.log((1 + 100 * dog) / (104 * dog)));
  expect(own(new Map([['car', 2]]))).toBeCloseTo(Math.log(100 / 104));
  const both = new Map([
    ['dog', 1],
    ['car', 3],
  ]);
  const expected = (Math.log((1 + 100 * dog) / (104 * dog)) + 3 * Math.log(100 / 104)) / 4;
  expect(own(both)).toBeCloseTo(expected);
  expect(own(new Map())).toBe(0);
});

test('how far the own snippets stand out is counted in deviations of the others', () => {
  const bags = all.map(snippetBag);
  const { ratio, otherRatio, distinct } = measured(judgesOf(all), all, bags);
  const likelihood = new Likelihood(all);
  const others = [1, 2, 3].map((index) => likelihood.under(all[index]!)(bags[0]!));
  const middle = others.reduce((sum, value) => sum + value, 0) / 3;
  const deviation = Math.sqrt(others.reduce((sum, value) => sum + (value - middle) ** 2, 0) / 3);
  expect(otherRatio[0]).toBeCloseTo(middle);
  expect(distinct[0]).toBeCloseTo((ratio[0]! - middle) / deviation);
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
