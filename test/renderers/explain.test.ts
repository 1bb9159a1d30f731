import { expect, test } from 'vitest';
import { drawExplain } from '../../renderers/explain/index.js';
import type { ExplainReport } from '../../src/explanation/report.js';
import { expectPicture } from '../support/pictures.js';
import { expectGround, GROUNDS } from './ground.js';

const REPORT: ExplainReport = {
  schema: 'ghosttree/explain@1',
  model: { id: 'gemma-2b', dtype: 'float16' },
  sae: {
    release: 'jbloom/Gemma-2b-Residual-Stream-SAEs',
    hook: 'blocks.6.hook_resid_post',
    layer: 6,
    feature: 7,
    parity: { status: 'unknown', l0: 48, explainedVariance: 0.7 },
  },
  parameters: { weights: 'encoder', theme: 'dark' },
  explanation: {
    text: `numbers that are years \u0000 ${'very '.repeat(60)}`,
    by: 'model',
    writer: 'judge',
    sureness: { level: 'some', because: ['the leading definition has 31%'] },
    scores: {
      detection: { balancedAccuracy: 0.8, positives: 5, negatives: 5 },
      fuzzing: { balancedAccuracy: 0.65, positives: 5, negatives: 4 },
    },
    notes: [],
  },
  parts: {
    evidence: {
      source: 'neuronpedia',
      maximum: 60,
      explanations: ['years'],
      examples: [{ tokens: ['In', ' 1994', ' x'.repeat(300)], activations: [0, 60, 1] }],
    },
  },
  missing: [{ part: 'kind', reason: 'not measured yet' }],
};

test('the page has the colours of its theme and says in words what it shows, whatever parts are missing', async () => {
  for (const [theme, ground] of GROUNDS) {
    const picture = await drawExplain(REPORT, { theme });
    const { alt } = picture;
    await expectGround(picture, ground);
    if (theme === 'dark') await expectPicture('explain', picture.png);
    expect(alt).toContain('Explanation of gemma-2b, layer 6, feature 7: numbers that are years U+0000');
    expect(alt).toContain('(somewhat sure, detection 0.80, fuzzing 0.65.)');
  }
});

test('a page without any part is drawn', async () => {
  const { height } = await drawExplain({ ...REPORT, parts: {} });
  expect(height).toBeGreaterThan(100);
});
