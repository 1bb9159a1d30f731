import { expect, test } from 'vitest';
import { canvasRuler } from '../../renderers/canvas/ruler.js';
import { BAND_PERCENT, bandHeight, layoutWords } from '../../renderers/wordTree/layout.js';
import { drawnRuns, type Run, rankedTips } from '../../renderers/wordTree/rows.js';
import { notFollowed, type WordNode, wordTree } from '../../renderers/wordTree/words.js';
import type { TreeNode } from '../../src/core/report/feature.js';
import { englishTree, notebookTree, rootNode } from './reports.js';

const token = (text: string, cumulative: number, children: TreeNode[] = []): TreeNode => ({
  tokenId: 1,
  token: text,
  probability: cumulative,
  cumulative,
  end: text.includes('"'),
  children,
});
const outline = ({ text, cumulative, ended, children }: WordNode): unknown[] => [
  text.trim(),
  Number(cumulative.toFixed(6)),
  Number(ended.toFixed(6)),
  ...children.map(outline),
];
const runs = (root: Run): Run[] => [root, ...root.children.flatMap(runs)];
const textOf = ({ words }: Run) =>
  words
    .map(({ text }) => text)
    .join('')
    .trim();

test('tokens that continue a word are one word with it, and what is left of the shorter one stands beside it', () => {
  const tree = rootNode([
    token('travel', 0.6, [token('ing', 0.2, [token('."', 0.1)]), token('"', 0.1), token(' far', 0.2)]),
  ]);
  expect(outline(wordTree(tree))).toEqual([
    '',
    1,
    0,
    ['travel', 0.4, 0.1, ['far', 0.2, 0]],
    ['traveling', 0.2, 0.1],
  ]);
});

test('a word is one, with whatever space and in whatever tokens it is spelled', () => {
  const tree = rootNode([
    token('great', 0.2, [token('"', 0.1)]),
    token(' great', 0.1, [token(' deal', 0.05)]),
    token('gr', 0.1, [token('eat', 0.1, [token('.”', 0.1)])]),
  ]);
  tree.children[2]!.children[0]!.children[0]!.end = true;
  expect(outline(wordTree(tree))).toEqual(['', 1, 0, ['great', 0.4, 0.2, ['deal', 0.05, 0]]]);
});

test.each([
  ['a saved tree', notebookTree()],
  ['a generated one', englishTree(600)],
])('no probability is lost or told twice: %s', (_, tree) => {
  const all = (word: WordNode): WordNode[] => [word, ...word.children.flatMap(all)];
  for (const word of all(wordTree(tree))) {
    const below = word.children.reduce((sum, { cumulative }) => sum + cumulative, 0);
    expect(word.ended + below + notFollowed(word)).toBeCloseTo(word.cumulative, 9);
  }
});

test('at most so many leaves are drawn, the best at the top, and words that are left out are counted', () => {
  const root = wordTree(englishTree(600));
  const { root: drawn } = drawnRuns(root, rankedTips(root).slice(0, 25));
  const all = runs(drawn);
  const leaves = all.filter(({ children, stands }) => children.length === 0 && stands?.for !== 'more');
  expect(leaves.length).toBe(25);
  const words = ({ children }: Run) => children.filter(({ stands }) => stands?.for !== 'more');
  const best = (run: Run): number =>
    run.children.length === 0 ? (run.open ? 0.5 : 1) * run.last : Math.max(...words(run).map(best));
  for (const run of all) {
    const shown = words(run).map(best);
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
  }
  expect(all.some(({ stands }) => stands?.for === 'more')).toBe(true);
});

test('a definition of one branch is one label, without a row for its end', () => {
  const root = wordTree(
    rootNode([token('of', 0.5, [token(' great', 0.4, [token(' rank', 0.3, [token('"', 0.3)])])])]),
  );
  const { root: drawn } = drawnRuns(root, rankedTips(root));
  expect(drawn.children.map(textOf)).toEqual(['of great rank']);
  expect(drawn.children[0]).toMatchObject({ first: 0.5, last: 0.3, children: [], open: false });
});

test('children are stacked on the edge of their parent, on one scale in every picture', async () => {
  const root = wordTree(englishTree(600));
  const { root: drawn } = drawnRuns(root, rankedTips(root).slice(0, 25));
  const { runs: placed, height } = layoutWords(drawn, await canvasRuler());
  expect(bandHeight(0.01)).toBe(BAND_PERCENT);
  for (const parent of placed) {
    const children = placed.filter((run) => run.parent === parent);
    let edge = 0;
    for (const { run, leaves } of children) {
      expect(leaves).toBeCloseTo(edge, 6);
      edge += bandHeight(run.first);
    }
    expect(edge).toBeLessThanOrEqual(bandHeight(parent.run.last) + 1e-6);
  }
  // No label over another: those that begin at one place are below each other, and all are inside.
  for (const { middle, height: own } of placed) {
    expect(middle - own / 2).toBeGreaterThanOrEqual(-1e-6);
    expect(middle + own / 2).toBeLessThanOrEqual(height + 1e-6);
  }
  const leaves = placed.filter(({ run }) => run.children.length === 0);
  for (const [index, leaf] of leaves.slice(1).entries()) {
    const before = leaves[index]!;
    expect(leaf.middle - leaf.height / 2).toBeGreaterThan(before.middle + before.height / 2);
  }
});
