import { loadImage } from 'canvas';
import { describe, expect, it } from 'vitest';
import { ticks } from '../../renderers/kind/histogram.js';
import { drawKind } from '../../renderers/kind/index.js';
import { formatMoment, formatPercentile, formatPValue } from '../../renderers/kind/words.js';
import type { KindReport } from '../../src/core/report/kind.js';
import { seeded } from './reports.js';

const at = (value: number, percentile: number) => ({ value, percentile });

function kindReport(tokens: string[], change: Partial<KindReport> = {}): KindReport {
  const random = seeded(3);
  const counts = Array.from({ length: 60 }, (_, bin) => Math.round(900 * Math.exp(-((bin - 25) ** 2) / 90)));
  counts[59] = 1;
  const listed = tokens.map((token, tokenId) => ({ tokenId, token, weight: 2 - tokenId / 10 }));
  const set = (name: string, score: number, q: number) => {
    return { name, size: 500, score, normalisedScore: 2 * score, p: q, q };
  };
  const sets = [set('leading space', 0.4, 0.002), set('-ing', -0.6, 0.03), set('digits', 0.1, 0.6)];
  return {
    schema: 'ghosttree/kind@2',
    model: { id: 'gemma-2b', dtype: 'float16' },
    sae: {
      release: 'jbloom/Gemma-2b-Residual-Stream-SAEs',
      hook: 'blocks.0.hook_resid_post',
      layer: 0,
      feature: 0,
      features: 16384,
      parity: { status: 'unknown', l0: 48, explainedVariance: 0.7 },
    },
    parameters: { theme: 'dark', trim: 1e-4 },
    vocabulary: { tokens: 8192, trained: 7167 },
    class: 'prediction',
    moments: {
      mean: at(-0.2, 40),
      standardDeviation: at(0.35, 71),
      skewness: at(1.3, 98.2),
      kurtosis: at(9.6, 99.7),
    },
    splits: { leadingSpace: at(0.02, 81), capitalised: at(0, 12) },
    firing: {
      verdict: 'token',
      token: { tokenId: 3, token: tokens[0] ?? '' },
      share: at(0.62, 88),
      active: 40,
      texts: 2048,
    },
    promoted: listed,
    suppressed: listed.map((token) => ({ ...token, weight: token.weight - 4 })),
    sets,
    permutations: 1000,
    histogram: {
      low: -3,
      high: 2,
      counts,
      sets: sets.map(() => counts.map((count) => Math.round(random() * count))),
    },
    timing: { load: 1, lens: 1, total: 2 },
    ...change,
  };
}

describe('the picture of a kind', () => {
  it('is a PNG in the colours of its theme that says in words what it shows', async () => {
    for (const [theme, first] of [
      ['dark', [0x0f, 0x14, 0x19]],
      ['light', [255, 255, 255]],
    ] as const) {
      const picture = await drawKind(kindReport([' dog', ' cat']), { theme });
      const image = await loadImage(picture.png);
      expect([image.width, image.height]).toEqual([picture.width, picture.height]);
      expect(picture.width / picture.height).toBeGreaterThan(0.9);
      const palette = picture.png.indexOf('PLTE') + 4;
      expect([...picture.png.subarray(palette, palette + 3)]).toEqual(first);
      expect(picture.alt).toBe(
        'Histogram of the logit lens weights of gemma-2b, layer 0, feature 0: prediction feature. Skewness 1.30 (98th percentile), kurtosis 9.60 (99.70th percentile). Promotes: ·dog, ·cat. Suppresses: ·dog, ·cat. Token feature. Fires most on ·dog: 62% of the activation (88th percentile), active in 40 of 2\u00a0048 texts that the model wrote. Enriched: leading space promoted, -ing suppressed.',
      );
    }
  });

  it('takes any tokens, no enriched set, and weights that are all the same', async () => {
    const hostile = ['x'.repeat(4000), '', '\ud800', '\u202e', '@everyone', 'e\u0301'.repeat(500), '日本'];
    const flat = { low: 0, high: 0, counts: [8192, 0], sets: [] };
    const pictures = [
      await drawKind(kindReport(hostile)),
      await drawKind(kindReport([], { sets: [], class: 'none' })),
      await drawKind(kindReport(['a'], { sets: [], histogram: flat })),
    ];
    for (const { png, alt } of pictures) {
      expect(png.length).toBeLessThan(8_000_000);
      expect(alt).not.toMatch(/\p{C}/u);
    }
    expect(pictures[1]!.alt).toContain('no clear class');
  });
});

it('numbers are written short', () => {
  expect([0.004, -0.004, 1.234, -12.34, 187.4].map(formatMoment)).toEqual([
    '0.00',
    '0.00',
    '1.23',
    '-12.3',
    '187',
  ]);
  expect([0.05, 1, 2, 3, 11, 22, 53.4, 99.95].map(formatPercentile)).toEqual([
    '0.05th percentile',
    '1st percentile',
    '2nd percentile',
    '3rd percentile',
    '11th percentile',
    '22nd percentile',
    '53rd percentile',
    '99.95th percentile',
  ]);
  expect([0.0004, 0.0123].map(formatPValue)).toEqual(['<0.001', '0.012']);
  expect(ticks(-0.9, 1.03)).toEqual([-0.5, 0, 0.5, 1]);
  expect(ticks(2, 2)).toEqual([2]);
});
