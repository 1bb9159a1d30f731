import { expect, test } from 'vitest';
import { classOf } from '../../../../src/core/features/kind/class.js';
import { benjaminiHochberg, enrich, runningSum } from '../../../../src/core/features/kind/enrichment.js';
import { histogramOf } from '../../../../src/core/features/kind/index.js';
import { percentile } from '../../../../src/core/features/kind/moments.js';
import { centreWeights, extremeTokens, varianceBetween } from '../../../../src/core/features/list/lens.js';
import { tokenSet, tokenSets } from '../../../../src/core/features/list/tokenSets.js';
import { uniformNumbers } from '../../../../src/core/maths/random.js';
import { ownTime } from '../../../support/ownTime.js';

test('moments of a case by hand', () => {
  const weights = Float32Array.of(1, 1, 1, 5);
  const { mean, standardDeviation, skewness, kurtosis } = centreWeights(weights);
  // Centred: -1, -1, -1, 3; squares 3 + 9, cubes -3 + 27, fourth powers 3 + 81.
  expect([...weights]).toEqual([-1, -1, -1, 3]);
  expect([mean, standardDeviation]).toEqual([2, Math.sqrt(3)]);
  expect(skewness).toBeCloseTo(6 / 3 ** 1.5, 12);
  expect(kurtosis).toBeCloseTo(21 / 9, 12);
  expect(extremeTokens(weights, 2)).toEqual({ promoted: [3, 0], suppressed: [0, 1] });
  // The last token against the others holds all of the variance.
  expect(varianceBetween(weights, Uint32Array.of(3), 3)).toBeCloseTo(1, 12);
});

test('weights without any spread have no shape', () => {
  expect(centreWeights(Float32Array.of(2, 2))).toEqual({
    mean: 2,
    standardDeviation: 0,
    skewness: 0,
    kurtosis: 0,
  });
});

test('the running sum of a case by hand', () => {
  // Ranked sizes 4 3 2 1 2; members at ranks 0 and 2: up 4/6, down 1/3, up 2/6, down, down.
  const sizes = Float32Array.of(4, 3, 2, 1, 2);
  expect(runningSum(sizes, Uint32Array.of(0, 2))).toBeCloseTo(2 / 3, 6);
  // At ranks 3 and 4: down three times to -1, then up.
  expect(runningSum(sizes, Uint32Array.of(3, 4))).toBeCloseTo(-1, 6);
  expect(runningSum(sizes, Uint32Array.of(0, 1))).toBeCloseTo(1, 6);
});

const uniform = uniformNumbers(5);
const weights = Float32Array.from({ length: 2000 }, (_, token) => 4 * uniform() - 2 + (token < 20 ? 1 : 0));
centreWeights(weights);
const sets = [
  { name: 'raised', members: Uint32Array.from({ length: 20 }, (_, i) => i) },
  { name: 'random', members: Uint32Array.from({ length: 20 }, (_, i) => 100 + 7 * i) },
  { name: 'half', members: Uint32Array.from({ length: 1000 }, (_, i) => 2 * i) },
];

test('a set that was raised is found, random ones are not, and the same seed gives the same', () => {
  const { sets: found, permutations } = enrich(weights, sets);
  expect(permutations).toBe(1000);
  expect(found[0]!.name).toBe('raised');
  expect(found[0]!.score).toBeGreaterThan(0.4);
  expect(found[0]!.p).toBeLessThan(0.01);
  for (const set of found.slice(1)) expect(set.p, set.name).toBeGreaterThan(0.05);
  expect(enrich(weights, sets)).toEqual({ sets: found, permutations });
});

test('turned round, what was promoted is suppressed', () => {
  const raised = (values: Float32Array) => enrich(values, sets).sets.find(({ name }) => name === 'raised')!;
  expect(raised(weights.map((weight) => -weight)).score).toBeCloseTo(-raised(weights).score, 5);
});

test('p values of random sets are spread evenly', () => {
  const random = uniformNumbers(9);
  const many = Array.from({ length: 200 }, (_, index) => ({
    name: String(index),
    members: Uint32Array.from(
      new Set(Array.from({ length: 30 }, () => 100 + Math.floor(random() * 1900))),
    ).sort(),
  }));
  const p = enrich(weights, many).sets.map((set) => set.p);
  expect(Math.abs(p.filter((value) => value < 0.5).length / 200 - 0.5)).toBeLessThan(0.12);
  expect(p.filter((value) => value < 0.05).length / 200).toBeLessThan(0.11);
});

test('Benjamini and Hochberg by hand', () => {
  const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.5]);
  const wanted = [0.04, 0.16 / 3, 0.16 / 3, 0.5];
  adjusted.forEach((q, index) => {
    expect(q).toBeCloseTo(wanted[index]!, 12);
  });
});

test('8 192 tokens take less than a second', () => {
  const large = Float32Array.from({ length: 8192 }, () => uniform() - 0.5);
  const members = (count: number) => Uint32Array.from({ length: count }, (_, i) => i);
  const twelve = [3600, 450, 380, 270, 240, 230, 190, 128, 40, 36, 18, 18].map((count) => ({
    name: String(count),
    members: members(count),
  }));
  const started = ownTime();
  enrich(large, twelve);
  expect(ownTime() - started).toBeLessThan(1000);
});

test('sets are told by the tokens’ texts', () => {
  const texts = [
    ' the',
    'The',
    ' NASA',
    '12',
    '1984',
    '3000',
    '."',
    ' walking',
    'walked',
    'less',
    'é',
    '<0xE2>',
  ];
  const tokenizer = { bos: 0, encode: () => [], text: (token: number) => texts[token]! };
  const found = tokenSets(tokenizer, [...texts.keys()]);
  const inSet = (name: string) => [...tokenSet(found, name)].map((token) => texts[token]);
  expect(inSet('leading space')).toEqual([' the', ' NASA', ' walking']);
  expect(inSet('capitalised')).toEqual(['The']);
  expect(inSet('all capitals')).toEqual([' NASA']);
  expect(inSet('digits')).toEqual(['12', '1984', '3000']);
  expect(inSet('years')).toEqual(['1984']);
  expect(inSet('punctuation')).toEqual(['."']);
  expect(inSet('-ing')).toEqual([' walking']);
  expect(inSet('-ed')).toEqual(['walked']);
  expect(inSet('-s')).toEqual([]);
  expect(inSet('non-ASCII')).toEqual(['é', '<0xE2>']);
});

test('percentiles count equal values half', () => {
  const values = Float32Array.of(1, 2, 2, 3);
  expect([1, 2, 3].map((value) => percentile(values, value))).toEqual([12.5, 50, 87.5]);
});

test('a class is named only beyond its percentiles', () => {
  const measures = (deviation: number, skewness: number, kurtosis: number, split: number) => {
    const at = (percentile: number) => ({ value: 0, percentile });
    return {
      moments: {
        mean: at(50),
        standardDeviation: at(deviation),
        skewness: at(skewness),
        kurtosis: at(kurtosis),
      },
      splits: { leadingSpace: at(split), capitalised: at(0) },
    };
  };
  expect(classOf(measures(50, 96, 96, 50))).toBe('prediction');
  expect(classOf(measures(50, 96, 94, 50))).toBe('none');
  expect(classOf(measures(50, 4, 96, 50))).toBe('suppression');
  expect(classOf(measures(50, 4, 90, 50))).toBe('none');
  expect(classOf(measures(96, 50, 40, 96))).toBe('partition');
  expect(classOf(measures(96, 50, 60, 96))).toBe('none');
  expect(classOf(measures(96, 50, 40, 94))).toBe('none');
});

test('a histogram counts every token once, and sets within it', () => {
  const { low, high, counts, sets: inSets } = histogramOf(weights, sets);
  expect(low).toBe(Math.min(...weights));
  expect(high).toBe(Math.max(...weights));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2000);
  expect(inSets.map((set) => set.reduce((sum, count) => sum + count, 0))).toEqual([20, 20, 1000]);
});
