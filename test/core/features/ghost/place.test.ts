import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { measureStreamPlace } from '../../../../src/core/features/activation/streamPlace.js';
import { makeGhost } from '../../../../src/core/features/ghost/ghost.js';
import { inputPlace, placeOf } from '../../../../src/core/features/ghost/place.js';
import { sequenceRows } from '../../../../src/core/features/ghost/sequence.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';

describe('gloss-12l', () => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(glossModel([6]), { threads: 1 });
  });
  afterAll(() => model.close());

  test('places: the input embedding, a block, the hook of the SAE', async () => {
    const source = await model.features(6);
    const table = await model.embeddings(false);
    const input = await placeOf(model, source, 'input');
    expect(input).toMatchObject({ at: 'input', mean: table.centroid, unit: table.meanDistance });
    expect(input.after).toBeUndefined();
    const block = await placeOf(model, source, 2);
    expect(block.after).toEqual({ block: 2, placeholder: model.tokenizer.encode('X')[0] });
    expect((await placeOf(model, source, 'sae')).at).toBe(6);
    expect((await placeOf(model, { ...source, hook: 'blocks.6.hook_resid_pre' }, 'sae')).at).toBe(5);
    expect((await placeOf(model, { ...source, hook: 'blocks.0.hook_resid_pre' }, 'sae')).at).toBe('input');
  });

  test.each([
    [12, /gloss-12l has 12 blocks, and a ghost speaks after those from 0 to 10 only/],
    [11, /what stands after the last one is read by no other token/],
    ['learned', /gloss-12l has no learned ghost for blocks\.6\.hook_resid_post: ask with at=best/],
  ] as const)('at=%s is refused', async (at, message) => {
    await expect(placeOf(model, await model.features(6), at)).rejects.toThrow(message);
  });

  test('a hook point outside the residual stream is no place', async () => {
    const source = { ...(await model.features(6)), hook: 'blocks.6.hook_mlp_out' };
    await expect(placeOf(model, source, 'sae')).rejects.toThrow(/not blocks\.6\.hook_mlp_out/);
  });

  test("a block's mean is that of its stream, BOS left out, and half of the tokens are nearer to it than the unit", async () => {
    const { mean, unit } = await measureStreamPlace(model, 3);
    const width = model.language.hiddenSize;
    // An independent look at one passage: its mean is not far from that of all, and BOS is far out.
    const ids = [
      model.tokenizer.bos,
      ...model.tokenizer.encode(
        'The ferry left the harbour a little after nine, and the sun burned the mist away.',
      ),
    ];
    const hook = 'blocks.3.hook_resid_post';
    const stream = await model.language.residual({ rows: sequenceRows(ids), ghosts: [] }, hook);
    const distances = ids.map((_, row) =>
      Math.hypot(...mean.map((value, i) => stream[row * width + i]! - value)),
    );
    const sorted = distances.slice(1).sort((a, b) => a - b);
    expect(sorted[0]!).toBeLessThan(unit);
    expect(sorted.at(-1)!).toBeGreaterThan(unit);
    expect(sorted[sorted.length >> 1]! / unit).toBeGreaterThan(0.6);
    expect(sorted[sorted.length >> 1]! / unit).toBeLessThan(1.6);
    expect(await model.streamPlace(3)).toEqual({ mean, unit });
  });
});

const place = { at: 2, mean: Float32Array.of(1, 0), unit: 10, after: { block: 2, placeholder: 0 } } as const;

test('a ghost stands so many typical distances from the mean of its place', async () => {
  const { ghost, summary } = await makeGhost(Float32Array.of(3, 4), place, {
    scale: 2,
    centroid: true,
    pca: 0,
  });
  expect([...ghost]).toEqual([13, 16]); // (1, 0) + 2 * 10 * (0.6, 0.8)
  expect(summary).toEqual({ block: 2, norm: Math.hypot(13, 16), distance: 20, unit: 10 });
  const bare = await makeGhost(Float32Array.of(3, 4), place, { scale: 2, centroid: false, pca: 0 });
  expect([...bare.ghost]).toEqual([12, 16]);
});

test('a component of the embeddings is mixed in where there are embeddings only', async () => {
  const asked = { scale: 1, centroid: true, pca: 0.5 };
  await expect(makeGhost(Float32Array.of(3, 4), place, asked)).rejects.toThrow(/ask with at=input, too/);
  const table = {
    centroid: Float32Array.of(1, 0),
    meanDistance: 10,
    principalComponent: async () => Float32Array.of(0, 1),
  };
  const { ghost } = await makeGhost(Float32Array.of(3, 4), inputPlace(table as never), asked);
  expect(ghost[0]).toBeCloseTo(1 + 10 * 0.3);
  expect(ghost[1]).toBeCloseTo(10 * (0.4 + 0.5));
});
