import { expect, test } from 'vitest';
import { cosines, Meaning, meanVector, wordVectors } from '../../eval/measures/meaning.js';

const snippets = (feature: number, ...tokens: string[]) => ({
  hook: 'h',
  feature,
  density: 0.1,
  max: 2,
  examples: [{ tokens, activations: tokens.map(() => 1) }],
});

test('a word vector is an embedding less the centroid, at length 1; the first of equal texts counts', async () => {
  const embeddings = [
    [4, 1],
    [1, 5],
    [0, 0],
  ];
  const vectors = await wordVectors({
    embeddings: async () =>
      ({
        size: 3,
        centroid: Float32Array.of(1, 1),
        embedding: (token: number) => Float32Array.from(embeddings[token]!),
      }) as never,
    tokenizer: { bos: 0, encode: () => [], text: (token) => ['dog', 'cat', 'dog'][token]! },
  });
  expect([...vectors]).toEqual([
    ['dog', Float32Array.of(1, 0)],
    ['cat', Float32Array.of(0, 1)],
  ]);
});

test('a bag means the mean of its words, frequent ones counting less, by hand', () => {
  const vectors = new Map([
    ['a', Float32Array.of(1, 0)],
    ['dog', Float32Array.of(0, 1)],
  ]);
  const meaning = new Meaning(vectors, [snippets(0, 'a', 'dog', 'a'), snippets(1, 'a')]);
  const [a, dog] = [2 * (1e-3 / (1e-3 + 3 / 4)), 0.5 * (1e-3 / (1e-3 + 1 / 4))];
  const [x, y] = meaning.of(
    new Map([
      ['a', 2],
      ['dog', 0.5],
      ['unheard of', 9],
    ]),
  );
  expect(x).toBeCloseTo(a / (a + dog));
  expect(y).toBeCloseTo(dog / (a + dog));
  expect(meaning.of(new Map([['unheard of', 1]]))).toEqual(Float32Array.of(0, 0));
});

test('words that never stand together are near in meaning when their vectors are', () => {
  const vectors = new Map([
    ['whale', Float32Array.of(0.8, 0.6)],
    ['dolphin', Float32Array.of(0.6, 0.8)],
    ['lamp', Float32Array.of(-0.6, 0.8)],
  ]);
  const meaning = new Meaning(vectors, [snippets(0, 'dolphin'), snippets(1, 'lamp')]);
  const [row] = cosines(
    [meaning.of(new Map([['whale', 0.1]]))],
    [meaning.of(new Map([['dolphin', 1]])), meaning.of(new Map([['lamp', 1]]))],
  );
  expect(row![0]).toBeCloseTo(0.96);
  expect(row![1]).toBeCloseTo(0);
});

test('a center is taken off both sides; what is nothing then agrees with nothing', () => {
  const vectors = [Float32Array.of(3, 1), Float32Array.of(1, 1)];
  const center = meanVector(vectors);
  expect([...center]).toEqual([2, 1]);
  expect(cosines(vectors, vectors, center)).toEqual([
    [1, -1],
    [-1, 1],
  ]);
  expect(cosines([center], vectors, center)).toEqual([[0, 0]]);
});
