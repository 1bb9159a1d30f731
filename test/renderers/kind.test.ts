import { loadImage } from 'canvas';
import { describe, expect, it } from 'vitest';
import { drawKind } from '../../renderers/kind/index.js';
import { drawKinds } from '../../renderers/kind/kinds.js';
import { describeFiring, formatMoment, formatPercentile, formatPValue } from '../../renderers/kind/words.js';
import { ticks } from '../../renderers/sheet/ticks.js';
import type { KindReport } from '../../src/core/report/kind.js';
import type { KindGroup, KindsReport, RankedFeature } from '../../src/core/report/kinds.js';
import { expectPicture } from '../support/pictures.js';
import { seeded } from './reports.js';

const at = (value: number, percentile: number) => ({ value, percentile });

function kindReport(tokens: string[], change: Partial<KindReport> = {}): KindReport {
  const random = seeded(3);
  const counts = Array.from({ length: 60 }, (_, bin) => Math.round(900 * Math.exp(-((bin - 25) ** 2) / 90)));
  counts[59] = 1;
  const listed = tokens.map((token, tokenId) => ({ tokenId, token, weight: 2 - tokenId / 10 }));
  const set = (name: string, score: number, q: number, random = 0.2) => {
    return { name, size: 500, score, normalisedScore: 2 * score, p: q, q, random };
  };
  const sets = [
    set('leading space', 0.4, 0.002),
    set('-ing', -0.6, 0.03),
    set('digits', 0.1, 0.6),
    set('nouns', 0.3, 0.002, 0.35),
  ];
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
      if (theme === 'dark') await expectPicture('kind', picture.png);
      const palette = picture.png.indexOf('PLTE') + 4;
      expect([...picture.png.subarray(palette, palette + 3)]).toEqual(first);
      expect(picture.alt).toBe(
        'Histogram of the logit lens weights of gemma-2b, layer 0, feature 0: prediction feature. Promotes: ·dog, ·cat. Suppresses: ·dog, ·cat. Token feature. Fires most on ·dog: 62% of the activation (88th percentile), active in 40 of 2\u00a0048 texts that the model wrote. Enriched: leading space promoted, -ing suppressed. Skewness 1.30 (98th percentile), kurtosis 9.60 (99.70th percentile).',
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
    expect(pictures[1]!.alt).toContain('feature 0. Promotes');
  });
});

function ranked(feature: number, token: string, skewness: number, kurtosis: number): RankedFeature {
  const { moments, splits, firing } = kindReport([token]);
  return {
    feature,
    member: true,
    moments: { ...moments, skewness: at(skewness, 99), kurtosis: at(kurtosis, 99) },
    splits,
    firing,
    promoted: token,
    suppressed: token,
  };
}

function kindsReport(token: string, change: Partial<KindsReport> = {}): KindsReport {
  const { model, sae, parameters } = kindReport([]);
  const random = seeded(5);
  const group = <Name extends string>(name: Name, features: RankedFeature[]): KindGroup<Name> => {
    return { name, count: features.length, features };
  };
  const extremes = [ranked(1, token, 6, 80), ranked(2, token, 5.9, 81), ranked(16383, token, 3, 20)];
  const points = Array.from({ length: 300 }, (_, feature) => {
    return { feature, skewness: random() - 0.5, kurtosis: 2.5 + random(), class: 'none' as const };
  });
  const members = extremes.map(({ feature, moments }) => {
    const [skewness, kurtosis] = [moments.skewness.value, moments.kurtosis.value];
    return { feature, skewness, kurtosis, class: 'prediction' as const };
  });
  return {
    schema: 'ghosttree/kinds@1',
    model,
    sae,
    parameters,
    classes: [group('prediction', extremes), group('suppression', []), group('partition', [])],
    firing: [group('token', extremes), group('context', [])],
    unknown: 12,
    texts: 2048,
    bounds: { skewness: [-0.4, 0.4], kurtosis: [3, 3.4] },
    points: [...points, ...members],
    timing: { load: 1, kinds: 1, total: 2 },
    ...change,
  };
}

describe('the picture of a layer’s kinds', () => {
  it('is a PNG that says in words which features stand out', async () => {
    for (const theme of ['dark', 'light'] as const) {
      const picture = await drawKinds(kindsReport(' dog'), { theme });
      const image = await loadImage(picture.png);
      expect([image.width, image.height]).toEqual([picture.width, picture.height]);
      expect(picture.alt).toBe(
        'Skewness against kurtosis of the features of gemma-2b, layer 0. Prediction features: 3, first F1, F2, F16383. Suppression features: 0. Partition features: 0. Token features: 3, first F1, F2, F16383. Context features: 0.',
      );
    }
  });

  it('takes any token, features that are all alike, and none at all', async () => {
    for (const token of ['x'.repeat(4000), '\ud800', '\u202e', 'e\u0301'.repeat(500), '日本'])
      expect((await drawKinds(kindsReport(token))).png.length).toBeLessThan(8_000_000);
    const one = [{ feature: 0, skewness: 0, kurtosis: 0, class: 'none' as const }];
    await drawKinds(kindsReport('a', { points: one }));
    await drawKinds(kindsReport('a', { points: [], classes: [], firing: [] }));
  });
});

it('says which token a feature fires on, and when it cannot be told', () => {
  const { firing } = kindReport([' dog']);
  expect(describeFiring({ ...firing, verdict: 'unknown', active: 2 })).toBe(
    'Token or context: too rare to tell. Fires most on ·dog: 62% of the activation (88th percentile), active in 2 of 2\u00a0048 texts that the model wrote',
  );
  expect(describeFiring({ ...firing, verdict: 'unknown', token: null, share: null, active: 0 })).toBe(
    'Active in none of 2\u00a0048 texts that the model wrote',
  );
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
