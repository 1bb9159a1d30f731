import { expect, test } from 'vitest';
import { featureLine } from '../../commands/line/featureLine.js';
import { drawCard } from '../../renderers/index.js';
import { holdWarning, holdWords } from '../../renderers/text/holdWords.js';
import { readConfiguration } from '../../src/configuration/index.js';
import type { HoldSummary } from '../../src/core/report/feature.js';
import { node, rootOf } from '../support/trees.js';
import { report } from './reports.js';

const HELD: HoldSummary = { by: 'clamp', strength: 4, unit: 87, unitFrom: 'corpus', activation: 348 };
const tree = rootOf(node(1, 0.5, [node(2, 0.4)]));

test('how a feature was held is told with the absolute activation and its unit', () => {
  expect(holdWords(HELD)).toBe('clamp 4 = activation 348, 4 × 87, the largest seen in the corpus');
  expect(holdWords({ ...HELD, by: 'steer', strength: -1, activation: -87, unitFrom: 'texts' })).toBe(
    'steer -1 = -87 × W_dec, -1 × 87, the largest on a fixed text and its own definitions',
  );
  expect(holdWords({ ...HELD, unitFrom: 'typical' })).toContain('a typical largest of this SAE');
});

test('the picture and its alt text tell that the feature was held', async () => {
  const free = await drawCard(report(tree, ['a']));
  const held = await drawCard(report(tree, ['a'], { held: HELD }));
  expect(held.png.equals(free.png)).toBe(false);
  expect(free.alt).not.toContain('clamp');
  expect(held.alt).toContain(`. Grown with ${holdWords(HELD)}. The model says`);
});

test('the command line that repeats a question names clamp where it is not the default', () => {
  const { settings, models } = readConfiguration('config');
  const model = { ...models.get(settings.model)!, defaults: {} };
  const parameters = { ...settings.defaults, clamp: 4 };
  expect(featureLine({ layer: 10, feature: 777, parameters }, model, settings)).toBe(
    'feature 10 777 clamp=4',
  );
});

test('a hold under which text falls apart is warned of, by what the ghost says unheld', () => {
  expect(holdWarning(HELD)).toBeUndefined();
  expect(holdWarning({ ...HELD, perplexity: { held: 7.9, unheld: 2 } })).toBeUndefined();
  expect(holdWarning({ ...HELD, perplexity: { held: 8, unheld: 2 } })).toBe(
    'At this strength text falls apart: its perplexity is 8, unheld 2. Hold it less strongly.',
  );
});
