import { expect, test } from 'vitest';
import { canvasRuler } from '../../renderers/canvas/ruler.js';
import { coverageOf } from '../../renderers/feature/coverage.js';
import { featureCard } from '../../renderers/feature/index.js';
import { READ } from '../../renderers/feature/type.js';
import type { Scene } from '../../renderers/sheet/scene.js';
import { THEMES, type ThemeName } from '../../renderers/sheet/theme.js';
import type { FeatureEvidence } from '../../src/core/report/evidence.js';
import type { FeatureReport, SpokenDefinition } from '../../src/core/report/feature.js';
import type { VerdictKind } from '../../src/core/report/verdict.js';
import { chain, englishTree, notebookTree, report, rootNode } from './reports.js';

/** The boxes in which Discord and Slack show a picture, in pixels, and the share of characters that is legible there. */
const BOXES = [
  { width: 550, height: 350, least: 0.95 },
  { width: 360, height: 360, least: 0.7 },
];
const LEGIBLE = 9; // pixels

const sentence = 'a person who travels to a foreign country in order to study abroad for a year or two';
const spoken = (text: string, readBack: number): SpokenDefinition => ({
  text,
  probability: 0.001,
  ended: true,
  at: 10,
  scale: 1.6,
  activation: 40 * readBack,
  readBack,
});
const evidence: FeatureEvidence = {
  source: 'shipped',
  density: 0.0036,
  maximum: 40,
  label: { words: ['travel'], shared: 10, of: 10, source: 'examples' },
  explanations: [],
  examples: Array.from({ length: 10 }, (_, index) => ({
    tokens: ['There', ' is', ' a', ` journey${index}`, ' that', ' goes', ' on', ' and', ' on'],
    activations: [0, 1, 2, 40 - index, 0, 3, 0, 0, 0],
  })),
};
const verdict = (kind: VerdictKind, readBack = 0.85) => ({ kind, readBack, calibrated: true });
const definitions = [0.85, 0.71, 0.7, 0.5, 0.2].map((share, index) => spoken(`${sentence} ${index}`, share));
const tokens = Array.from({ length: 100 }, (_, index) => ` token${index}`);
const english = englishTree(400);

const CASES: Record<string, FeatureReport> = {
  'reads back': report(english, tokens, { definitions, evidence, verdict: verdict('readsBack') }),
  'short definitions': report(english, tokens, {
    definitions: [spoken('travel', 1), spoken('to visit', 0.4)],
    evidence,
    verdict: verdict('partly', 0.4),
  }),
  nothing: report(english, tokens, {
    definitions: [spoken(sentence, 0)],
    firing: [spoken('a measure of distance', 0.2)],
    evidence,
    verdict: verdict('nothing', 0),
  }),
  dead: report(english, tokens, {
    evidence: { source: 'shipped', density: 0, explanations: [], examples: [] },
    verdict: verdict('dead'),
  }),
  'without evidence': report(english, tokens, { verdict: verdict('notMeasured') }),
  'an explanation': report(notebookTree(), tokens, {
    evidence: { ...evidence, source: 'neuronpedia', explanations: [sentence.repeat(3), sentence] },
  }),
  'a long label': report(english, tokens, {
    definitions,
    evidence: {
      ...evidence,
      label: {
        words: Array(5).fill('extraordinarily'),
        shared: 4,
        of: 10,
        source: 'examples',
        pattern: 'before a number',
      },
    },
    verdict: verdict('alwaysOn'),
  }),
  'no tree': report(rootNode(), tokens),
};

const texts = (scene: Scene) =>
  scene.panels.flatMap(({ panel }) =>
    panel.items.flatMap((item) =>
      item.kind === 'text' ? item.line.runs.map(({ text }) => ({ text, size: item.style.size })) : [],
    ),
  );
const characters = (text: string) => [...text].filter((character) => character !== ' ').length;

test.each(Object.entries(CASES))(
  'a card fills the boxes of chats and is legible there: %s',
  async (_, shown) => {
    const scene = featureCard(shown, { theme: THEMES.dark, ruler: await canvasRuler(), unit: READ });
    expect(scene.width).toBe(1500);
    expect(scene.height).toBeLessThanOrEqual(1000);
    expect(scene.width / scene.height).toBeGreaterThanOrEqual(1.4);
    const written = texts(scene);
    expect(Math.min(...written.map(({ size }) => size))).toBeGreaterThanOrEqual(28);
    const all = written.reduce((sum, { text }) => sum + characters(text), 0);
    for (const { width, height, least } of BOXES) {
      const scale = Math.min(width / scene.width, height / scene.height);
      const legible = written.filter(({ size }) => size * scale >= LEGIBLE);
      const share = legible.reduce((sum, { text }) => sum + characters(text), 0) / all;
      expect(share).toBeGreaterThanOrEqual(least);
    }
  },
);

test.each(Object.entries(CASES))('nothing on a card stands outside of it: %s', async (_, shown) => {
  for (const theme of Object.keys(THEMES) as ThemeName[]) {
    const scene = featureCard(shown, { theme: THEMES[theme], ruler: await canvasRuler(), unit: READ });
    for (const { x, y, panel } of scene.panels)
      for (const item of panel.items) {
        if (item.kind !== 'text' && item.kind !== 'box' && item.kind !== 'hatch') continue;
        const width = item.kind === 'text' ? item.line.width : item.width;
        expect(x + item.x).toBeGreaterThanOrEqual(0);
        expect(x + item.x + width).toBeLessThanOrEqual(scene.width);
        expect(y + item.y).toBeLessThanOrEqual(scene.height);
      }
  }
});

test('the four parts of what the model says add up to all of it', () => {
  const trees = [notebookTree(), english, rootNode(), chain(30), chain(3, 1)];
  for (const root of trees)
    for (const share of [0, 0.2, 1]) {
      const pruned = { branches: 1, nodes: 1, probability: share, hidden: true };
      const { tree } = report(root, []);
      const coverage = coverageOf({ ...tree, pruned }, ['a person who']);
      const parts = Object.values(coverage);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
    }
});

test('a definition that is shown counts once, however it is spelled', () => {
  const end = (token: string, cumulative: number) => ({
    ...rootNode(),
    tokenId: 1,
    token,
    probability: cumulative,
    cumulative,
    end: true,
  });
  const word = (token: string, cumulative: number, children = [end('."', cumulative / 2)]) => ({
    ...end(token, cumulative),
    end: false,
    children,
  });
  const { tree } = report(rootNode([word('Journey', 0.4), word(' journey', 0.2), word(' trip', 0.1)]), []);
  const coverage = coverageOf(tree, ['journey']);
  expect(coverage.shown).toBeCloseTo(0.3);
  expect(coverage.finished).toBeCloseTo(0.05);
  expect(coverage.notFollowed).toBeCloseTo(0.65);
});

test('a definition that is cut says so otherwise than one that is unfinished', async () => {
  const long = { ...spoken(sentence.repeat(4), 0.5), ended: true };
  const open = { ...spoken('at or near', 0.4), ended: false };
  const shown = report(english, tokens, { definitions: [long, open], evidence, verdict: verdict('partly') });
  const scene = featureCard(shown, { theme: THEMES.light, ruler: await canvasRuler(), unit: READ });
  const lines = scene.panels.flatMap(({ panel }) =>
    panel.items.flatMap((item) =>
      item.kind === 'text' ? [item.line.runs.map(({ text }) => text).join('')] : [],
    ),
  );
  expect(lines.some((line) => line.endsWith(' […]'))).toBe(true);
  expect(lines).toContain('at or near …');
});
