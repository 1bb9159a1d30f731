import { expect, test } from 'vitest';
import { drawDream } from '../../renderers/dream/index.js';
import type { DreamReport, DreamtText } from '../../src/core/report/dream.js';
import { expectPicture } from '../support/pictures.js';
import { expectGround, GROUNDS } from './ground.js';

function dreamt(words: string[], activation: number, crossEntropy: number): DreamtText {
  const peak = words.length - 1;
  const tokens = words.map((token, tokenId) => ({
    tokenId,
    token,
    activation: tokenId === peak ? activation : 0,
    surprisal: crossEntropy,
  }));
  return { text: words.join(''), activation, peak, crossEntropy, tokens };
}

function report(change: Partial<DreamReport> = {}): DreamReport {
  return {
    schema: 'ghosttree/dream@1',
    model: { id: 'gemma-2b', dtype: 'float16' },
    sae: {
      release: 'jbloom/Gemma-2b-Residual-Stream-SAEs',
      hook: 'blocks.6.hook_resid_post',
      layer: 6,
      feature: 7,
      parity: { status: 'unknown', l0: 48, explainedVariance: 0.7 },
    },
    parameters: {
      weights: 'encoder',
      prompt: '{ghost}',
      trim: 0,
      theme: 'dark',
      seed: 1,
      length: 24,
      budget: 40_000,
    },
    fluency: { limit: 2.5, samples: 64 },
    front: [
      dreamt(['to', ' a', ' degree'], 20, 1.5),
      dreamt(['ex', 'tent', '\u0000', ' x'.repeat(200)], 50, 7),
    ],
    chosen: { fluent: 0, strongest: 1 },
    search: { tokens: 40_100, ended: 'budget' },
    timing: { load: 1, search: 1, total: 2 },
    ...change,
  };
}

test('the picture of a dream has the colours of its theme and says in words what it shows', async () => {
  for (const [theme, ground] of GROUNDS) {
    const picture = await drawDream(report({ known: 40 }), { theme });
    const { alt } = picture;
    await expectGround(picture, ground);
    if (theme === 'dark') await expectPicture('dream', picture.png);
    expect(alt).toContain('Chosen: “to a degree” (activation 20, 1.5 nats a token).');
    expect(alt).toContain('Most active: “extentU+0000');
  }
});

test('where no text is fluent, the most active one stands first', async () => {
  const chosen = { fluent: null, strongest: 1 };
  const { alt } = await drawDream(report({ chosen }));
  expect(alt).toContain('Chosen: “extent');
  expect(alt).not.toContain('Most active:');
});
