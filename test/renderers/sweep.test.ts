import { expect, test } from 'vitest';
import { drawSweep } from '../../renderers/sweep/index.js';
import { scaleRuns } from '../../renderers/sweep/scaleRuns.js';
import type { ScalePoint, SweepReport } from '../../src/core/report/sweep.js';
import { expectPicture } from '../support/pictures.js';

const TEXTS = ['any movable possession', 'any movable possession', 'a\u202Eb <!channel>\n', 'x'.repeat(400)];
const points = TEXTS.map(
  (text, i): ScalePoint => ({
    scale: 2 ** i,
    relative: 2 ** i / 2,
    activation: 0,
    divergence: i,
    entropy: 5 - i,
    agreement: 0.9,
    readBack: i === 2 ? 3 : 0,
    definitions: i === 3 ? [] : [{ text, probability: 0.1 * (i + 1), ended: i !== 2 }],
  }),
);
const report: SweepReport = {
  schema: 'ghosttree/sweep@1',
  model: { id: 'tiny', dtype: 'float32' },
  sae: {
    release: 'r',
    hook: 'h',
    layer: 1,
    feature: 2,
    parity: { status: 'unknown', l0: 1, explainedVariance: 0.5 },
  },
  parameters: {
    weights: 'encoder',
    centroid: true,
    pca: 0,
    prompt: 'The "{ghost}" is "',
    close: true,
    trim: 0,
    theme: 'dark',
  },
  meanTokenDistance: 2,
  points,
  chosen: { index: 2, scale: 4, relative: 2, criterion: 'readBack' },
  timing: { load: 1, sweep: 1, total: 2 },
};

test('scales that say the same make a run', () => {
  expect(scaleRuns(points)).toEqual([
    { first: 0, last: 1 },
    { first: 2, last: 2 },
    { first: 3, last: 3 },
  ]);
});

test.each(['dark', 'light'] as const)(
  'a sweep is drawn in %s, with nothing measured or said, too',
  async (theme) => {
    const { png, width, height, alt } = await drawSweep(report, { theme });
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    if (theme === 'light') await expectPicture('sweep', png);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
    expect(width / height).toBeGreaterThan(1);
    expect(alt).toContain('Best at 2 times the mean token distance, saying “aU+202Eb <!channel>⏎” (30%)');
    expect(alt).not.toMatch(/[\u202A-\u202E\n]/);
  },
);

test('the same report gives the same picture, the chosen scale another', async () => {
  const { png } = await drawSweep(report);
  expect((await drawSweep(report)).png.equals(png)).toBe(true);
  const other = { ...report, chosen: { ...report.chosen, index: 0, scale: 1, relative: 0.5 } };
  expect((await drawSweep(other)).png.equals(png)).toBe(false);
});
