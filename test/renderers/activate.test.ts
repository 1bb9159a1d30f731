import { expect, test } from 'vitest';
import { activateAltText, drawActivate } from '../../renderers/activate/index.js';
import { knownWords } from '../../renderers/activate/legend.js';
import { drawStrongest, strongestAltText } from '../../renderers/activate/strongest.js';
import { aroundPeak, shadedAroundPeak } from '../../renderers/sheet/aroundPeak.js';
import { contrastOf } from '../../renderers/sheet/colours.js';
import { shadedText, shades } from '../../renderers/sheet/shadedText.js';
import { THEMES } from '../../renderers/sheet/theme.js';
import type { ActivateReport, StrongestLayer, StrongestReport } from '../../src/core/report/activate.js';

const PARITY = { status: 'unknown', l0: 1, explainedVariance: 0.5 } as const;
const HEAD = {
  model: { id: 'tiny', dtype: 'float32' },
  parameters: { bos: false, theme: 'dark', trim: 0 },
  timing: { load: 0, encode: 0, total: 0 },
} as const;

function text(words: string[], activations: number[], unread = 0) {
  const tokens = words.map((token, tokenId) => ({ tokenId, token }));
  return { text: words.join(''), tokens, unread, activations };
}

const report: ActivateReport = {
  ...HEAD,
  schema: 'ghosttree/activate@1',
  sae: { release: 'r', hook: 'h', layer: 1, feature: 2, parity: PARITY },
  texts: [
    { ...text(['In', ' 1994', ' the'], [0, 4, 1]), peak: { position: 1, activation: 4 } },
    { ...text(['\u202E', '\n', 'x'.repeat(500), ' '], [0, 0, 0, 0], 7), peak: null },
  ],
  max: 4,
  known: { source: 'shipped', density: 0.004, maximum: 8 },
};

/** Every character is as wide as half its height. */
const ruler = ({ text }: { text: string }, { size }: { size: number }) => ([...text].length * size) / 2;
const OPTIONS = { width: 100, size: 10, max: 4, lines: 9, theme: THEMES.dark, ruler };

test('tokens are shaded by their activation, and the peak bears its number', () => {
  const { items, height } = shadedText(
    { tokens: ['In', ' 1994', ' the'], activations: [0, 4, 0.01], peak: 1 },
    OPTIONS,
  );
  const boxes = items.filter((item) => item.kind === 'box');
  expect(boxes.map(({ x, width, fill }) => [x, width, fill])).toEqual([
    [12.2, 22.8, shades(THEMES.dark).at(-1)],
    [12.2, 22.8, THEMES.dark.activation],
    [37.2, 17.8, shades(THEMES.dark)[0]],
    // However weak the shade is, the line below it is seen.
    [37.2, 17.8, THEMES.dark.activation],
  ]);
  const texts = items.flatMap((item) =>
    item.kind === 'text' ? [item.line.runs.map((run) => run.text).join('')] : [],
  );
  expect(texts).toEqual(['In', ' 1994', '4', ' the']);
  expect(height).toBeCloseTo(20.5);
});

test('what is written on a shade can be read', () => {
  for (const theme of Object.values(THEMES))
    for (const [step, fill] of shades(theme).entries()) {
      const { items } = shadedText(
        { tokens: ['a'], activations: [step + 1], peak: null },
        { ...OPTIONS, theme, max: shades(theme).length },
      );
      const [box, , written] = items;
      expect(box).toMatchObject({ kind: 'box', fill });
      const ink = written!.kind === 'text' ? written!.colour : '';
      expect(contrastOf(fill, ink)).toBeGreaterThanOrEqual(4.5);
    }
});

test('lines break between words, without the space, and what does not fit becomes an ellipsis', () => {
  const tokens = ['one', ' two', ' th', 'ree', ' four', ' five'];
  const lines = (most: number) => {
    const { items } = shadedText(
      { tokens, activations: [], peak: null },
      { ...OPTIONS, width: 60, lines: most },
    );
    const rows = new Map<number, string>();
    for (const item of items)
      if (item.kind === 'text')
        rows.set(item.y, (rows.get(item.y) ?? '') + item.line.runs.map((run) => run.text).join(''));
    return [...rows.values()];
  };
  expect(lines(9)).toEqual(['one two', 'three four', 'five']);
  expect(lines(2)).toEqual(['one two', 'three four…']);
});

test('of a long text the part around the peak is shown', () => {
  const tokens = Array.from({ length: 9 }, (_, i) => String(i));
  const activations = [0, 0, 0, 0, 5, 0, 0, 0, 1];
  expect(aroundPeak({ tokens, activations }, { before: 2, after: 1 })).toEqual({
    tokens: ['2', '3', '4', '5'],
    activations: [0, 0, 5, 0],
    peak: 2,
    cut: true,
    rest: '…',
  });
  expect(aroundPeak({ tokens: ['a'], activations: [0] }, { before: 2, after: 1 })).toEqual({
    tokens: ['a'],
    activations: [0],
    peak: null,
    cut: false,
  });
});

test('a peak that would not fit its line is brought into it', () => {
  const tokens = Array.from({ length: 20 }, (_, i) => ` word${i}`);
  const activations = tokens.map((_, i) => (i === 15 ? 3 : 0));
  const { items, showsPeak } = shadedAroundPeak(
    { tokens, activations },
    { before: 14, after: 2 },
    { ...OPTIONS, width: 300, lines: 1 },
  );
  expect(showsPeak).toBe(true);
  expect(items.some((item) => item.kind === 'box')).toBe(true);
});

test('the picture of an answer is a PNG in both themes, whatever the tokens hold', async () => {
  for (const theme of ['dark', 'light'] as const) {
    const picture = await drawActivate({ ...report, parameters: { ...report.parameters, theme } });
    expect(picture.png.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.width).toBe(1400);
    expect(picture.height).toBeGreaterThan(200);
  }
});

test('the longest answer fits a picture', async () => {
  const long = text(
    Array.from({ length: 1024 }, () => ' considerable'),
    Array(1024).fill(1),
  );
  const texts = Array(16).fill({ ...long, peak: { position: 0, activation: 1 } });
  const { height, png } = await drawActivate({ ...report, texts });
  expect(height).toBeLessThan(10_000);
  expect(png.length).toBeLessThan(8_000_000);
});

test('the strongest features are drawn with the text around their peaks', async () => {
  const { activations, ...read } = text(['In', ' 1994'], [0, 4]);
  const layer: StrongestLayer = {
    sae: { release: 'r', hook: 'h', layer: 1, features: 48, parity: PARITY },
    massive: [],
    active: 1,
    strongest: [{ feature: 7, text: 0, position: 1, activation: 4, activations }],
    alwaysOn: [],
  };
  const strongest: StrongestReport = {
    ...HEAD,
    schema: 'ghosttree/strongest@2',
    texts: [read],
    layers: [layer],
  };
  const one = await drawStrongest(strongest);
  expect(one.png.length).toBeGreaterThan(1000);
  const silent = { ...layer, strongest: [], active: 0 };
  expect((await drawStrongest({ ...strongest, layers: [silent] })).png.length).toBeGreaterThan(1000);
  expect(strongestAltText(strongest)).toBe('Most active features of tiny, layer 1: 7 (4 at “1994”).');
  const label = { words: ['year', 'date'], shared: 4, of: 5, source: 'examples' } as const;
  const known = {
    ...layer.strongest[0]!,
    share: 0.5,
    density: 0.01,
    label: { ...label, words: [...label.words] },
  };
  const several = { ...strongest, layers: [layer, { ...layer, strongest: [known], alwaysOn: [known] }] };
  expect((await drawStrongest(several)).height).toBeGreaterThan(one.height);
  expect(strongestAltText(several)).toBe(
    'Most active features of tiny, layer 1: 7 (4 at “1994”); layer 1: 7, year, date (50% at “1994”).',
  );
});

test('alt text and legend tell the same in words', () => {
  const alt = activateAltText(report);
  expect(alt).toMatch(
    /^Activation of tiny, layer 1, feature 2, on each token: 4 at “1994” in “In 1994 the”; silent in/,
  );
  expect(alt).not.toMatch(/[\u202E\n]/);
  expect(knownWords(4, report.known)).toEqual([
    'max activation 8 (50% of it here)',
    'activation density 0.4%',
  ]);
  expect(knownWords(0, { source: 'shipped', maximum: 8 })).toEqual(['max activation 8']);
  expect(knownWords(0, { source: 'shipped', stability: { returns: 1, seeds: 2 } })).toEqual([
    'returns in 1 of 2 SAEs of other seeds',
  ]);
});
