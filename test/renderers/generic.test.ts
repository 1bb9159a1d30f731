import { expect, test } from 'vitest';
import { featureLine } from '../../commands/line/featureLine.js';
import { drawBranches } from '../../renderers/index.js';
import { definitionChunks } from '../../renderers/text/definitionChunks.js';
import { strongestDefinitions } from '../../renderers/text/definitions.js';
import { drawnTree } from '../../renderers/tree/branch.js';
import { readConfiguration } from '../../src/configuration/index.js';
import type { PrunedBranches, TreeNode } from '../../src/core/report/feature.js';
import { node, rootOf } from '../support/trees.js';
import { report } from './reports.js';

const generic = (from: TreeNode): TreeNode => ({
  ...from,
  generic: true,
  children: from.children.map(generic),
});
const tree = rootOf(node(1, 0.5, [generic(node(2, 0.4, [node(3, 0.4)]))]), generic(node(4, 0.3)));

test('a branch that becomes generic on its way is drawn as two', () => {
  const { root, drawnNodes } = drawnTree(tree, () => true);
  expect(drawnNodes).toBe(4);
  expect(root.children.map(({ tokens }) => tokens.map(({ tokenId }) => tokenId))).toEqual([[1], [4]]);
  expect(root.children[0]!.children[0]!.tokens.map(({ tokenId }) => tokenId)).toEqual([2, 3]);
});

const connecting = (from: TreeNode): TreeNode => ({ ...from, connector: true });

test('a branch that becomes particular on its way is drawn as two', () => {
  const { root } = drawnTree(
    rootOf(connecting(node(1, 0.5, [connecting(node(2, 0.5, [node(3, 0.4, [node(4, 0.4)])]))]))),
    () => true,
  );
  expect(root.children[0]!.tokens.map(({ tokenId }) => tokenId)).toEqual([1, 2]);
  expect(root.children[0]!.children[0]!.tokens.map(({ tokenId }) => tokenId)).toEqual([3, 4]);
});

const word = (token: string, cumulative: number, children: TreeNode[] = []): TreeNode => ({
  ...node(token.length, cumulative, children),
  token,
});

test('the words of a definition that only connect are as quiet as marks', () => {
  const sowing = word(' of', 0.5, [word(' s', 0.4, [word('owing.', 0.4)])]);
  const act = rootOf(connecting(word('the', 0.5, [connecting({ ...sowing })])));
  const [definition] = strongestDefinitions(act, 1);
  expect(definition!.text).toBe('the of sowing.');
  const quiet = definitionChunks(definition!).map((chunk) => chunk.map(({ text, mark }) => [text, mark]));
  expect(quiet.map((chunk) => chunk.map(([text]) => text).join(''))).toEqual([
    'the',
    ' of',
    ' sowing.',
    ' …',
  ]);
  expect(quiet.map((chunk) => chunk.some(([text, mark]) => text !== ' ' && mark))).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test('a word that is particular from its second token on is not broken', () => {
  const [definition] = strongestDefinitions(rootOf(connecting(word(' con', 0.5, [word('tinent', 0.4)]))), 1);
  expect(definitionChunks(definition!)).toEqual([
    [
      { text: 'con', mark: true },
      { text: 'tinent', mark: false },
    ],
    [{ text: ' …', mark: true }],
  ]);
});

test('definitions that share only connectors are no variations of each other', () => {
  const act = (from: typeof connecting) =>
    rootOf(
      from(word('the', 0.9, [from(word(' act', 0.9, [word(' sowing', 0.5), word(' weaving', 0.3)]))])),
      word('seed', 0.1),
    );
  const texts = (root: TreeNode) => strongestDefinitions(root, 2).map(({ text }) => text);
  expect(texts(act((same) => same))).toEqual(['the act sowing', 'seed']);
  expect(texts(act(connecting))).toEqual(['the act sowing', 'the act weaving']);
});

test('a definition is as generic as its end', () => {
  expect(strongestDefinitions(tree, 2).map((found) => found.generic)).toEqual([true, true]);
  expect(strongestDefinitions(rootOf(node(1, 0.5)), 1)[0]!.generic).toBe(false);
});

test.each(['dark', 'light'] as const)('generic branches are muted in the %s picture', async (theme) => {
  const pruned: PrunedBranches = { branches: 2, nodes: 3, probability: 0.7, hidden: false };
  const plain = report(tree, ['a']);
  const muted = report(tree, ['a'], { tree: { ...plain.tree, pruned } });
  const unmarked = rootOf(node(1, 0.5, [node(2, 0.4, [node(3, 0.4)])]), node(4, 0.3));
  const [withMarks, without] = [
    await drawBranches(muted, 0, { theme }),
    await drawBranches(report(unmarked, ['a']), 0, { theme }),
  ];
  expect(withMarks.drawnNodes).toBe(without.drawnNodes);
  expect(withMarks.png.equals(without.png)).toBe(false);
});

test('the command line that repeats a question names prune where it is not the default', () => {
  const { settings, models } = readConfiguration('config');
  const model = { ...models.get(settings.model)!, defaults: {} };
  const line = (prune: 'on' | 'grey' | 'off') =>
    featureLine({ layer: 10, feature: 777, parameters: { ...settings.defaults, prune } }, model, settings);
  const { prune: usual } = settings.defaults;
  for (const prune of ['on', 'grey', 'off'] as const)
    expect(line(prune)).toBe(prune === usual ? 'feature 10 777' : `feature 10 777 prune=${prune}`);
});
