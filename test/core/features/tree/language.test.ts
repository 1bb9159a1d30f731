import { afterAll, beforeAll, expect, test } from 'vitest';
import { languageOf, strongestPaths } from '../../../../src/core/features/tree/language.js';
import { tokenizePrompt } from '../../../../src/core/model/prompt.js';
import type { TreeNode } from '../../../../src/core/report/feature.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { rootNode } from '../../../renderers/reports.js';
import { glossModel } from '../../../support/glossModel.js';

let model: OpenModel;
beforeAll(async () => {
  model = await loadModel(glossModel([]), { threads: 1 });
});
afterAll(() => model.close());

test('a definition surprises less than its words in another order, and a word said twice is counted', async () => {
  const { ids } = tokenizePrompt('A typical definition of "{ghost}" would be "', model.tokenizer, true);
  const { centroid } = await model.embeddings(false);
  const of = (...texts: string[]) =>
    languageOf(
      model.language,
      ids,
      centroid,
      texts.map((text) => model.tokenizer.encode(text)),
    );
  const text = await of('a person who plays music');
  const noise = await of('music who a plays person');
  expect(text.bits).toBeGreaterThan(0);
  expect(noise.bits).toBeGreaterThan(text.bits + 2);
  expect(text.repeated).toBe(0);
  expect((await of(' the the the')).repeated).toBeCloseTo(2 / 3, 6);
  // The mean over tokens, of whichever definition.
  const both = await of('a person who plays music', 'music who a plays person');
  expect(both.bits).toBeCloseTo((text.bits + noise.bits) / 2, 3);
});

test('the strongest paths end at leaves, the most probable first', () => {
  const leaf = (tokenId: number, cumulative: number): TreeNode => ({ ...rootNode(), tokenId, cumulative });
  const root = {
    ...rootNode(),
    children: [{ ...leaf(1, 0.6), children: [leaf(2, 0.1), leaf(3, 0.5)] }, leaf(4, 0.3)],
  };
  expect(strongestPaths(root)).toEqual([[1, 3], [4], [1, 2]]);
  expect(strongestPaths(rootNode())).toEqual([]);
});
