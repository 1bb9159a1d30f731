import { expect, test } from 'vitest';
import { randomScores } from '../../../../src/core/features/kind/randomScores.js';

const TOKENS = 400;
const WIDTH = 8;

/** The first component of a direction moves all tokens of the first quarter alike, whatever the others do. */
const lens = {
  async logits(vectors: Float32Array) {
    const rows = vectors.length / WIDTH;
    const logits = new Float32Array(rows * TOKENS);
    for (let row = 0; row < rows; row++)
      for (let token = 0; token < TOKENS; token++) {
        const own = vectors[row * WIDTH + 1 + (token % (WIDTH - 1))]! * Math.sin(token * 7.3);
        const shared = token < TOKENS / 4 ? 3 * vectors[row * WIDTH]! : 0;
        logits[row * TOKENS + token] = own + shared;
      }
    return logits;
  },
};
const source = {
  features: 32,
  inputSize: WIDTH,
  vectors: async (_first: number, count: number) =>
    Float32Array.from({ length: count * WIDTH }, (_, i) =>
      i % WIDTH === Math.floor(i / WIDTH) % WIDTH ? 1 : 0,
    ),
};
const ids = Uint32Array.from({ length: TOKENS }, (_, i) => i);
const alike = { name: 'alike', members: ids.slice(0, TOKENS / 4) };
const spread = { name: 'spread', members: ids.filter((token) => token % 4 === 0) };

test('a set whose tokens move alike scores high with random directions, another does not', async () => {
  const [together, apart] = await randomScores(lens, source, { ids }, [alike, spread]);
  expect(together!).toBeGreaterThan(0.5);
  expect(apart!).toBeLessThan(together! / 2);
  expect(await randomScores(lens, source, { ids }, [alike, spread])).toEqual([together, apart]);
});
