import { describe, expect, it } from 'vitest';
import { altText } from '../../renderers/text/alt.js';
import { strongestDefinitions } from '../../renderers/text/definitions.js';
import { drawnTree } from '../../renderers/tree/branch.js';
import { formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { chain, notebookTree, report, rootNode } from './reports.js';

describe('the strongest definitions', () => {
  it('are the closed ones first, then other beginnings before variations of one', () => {
    const found = strongestDefinitions(notebookTree(), 4);
    expect(found.map(({ text, ended }) => [text, ended])).toEqual([
      ['to be', false],
      ['deficiency', false],
      ['the ability to', false],
      ['beauty', true],
    ]);
  });

  it('are none for an empty tree', () => {
    expect(strongestDefinitions(rootNode(), 3)).toEqual([]);
  });

  it('survive a tree of 100 000 nodes in one line', () => {
    const [definition] = strongestDefinitions(chain(100_000, 0.9999), 1);
    expect(definition?.path.length).toBe(100_000);
    expect(definition?.ended).toBe(true);
  });
});

describe('a drawn tree', () => {
  it('merges an unbranched run into one branch', () => {
    const { root, drawnNodes } = drawnTree(chain(25), () => true);
    expect(root.children.length).toBe(1);
    expect(root.children[0]!.tokens.length).toBe(25);
    expect(drawnNodes).toBe(25);
  });

  it('hides what is weaker than trim and draws the rest of the 28 nodes', () => {
    expect(drawnTree(notebookTree(), () => true).drawnNodes).toBe(28);
    expect(drawnTree(notebookTree(), (node) => node.cumulative >= 0.01).drawnNodes).toBe(5);
  });
});

describe('the words of a picture', () => {
  it('name the three strongest definitions', () => {
    expect(
      altText(report(notebookTree(), [' December', 'Dec', '\n', ' 4', '5', '6', '7', '8', '9', '10', '11'])),
    ).toBe(
      'gemma-2b, layer 0, feature 0. The model says: “to be…” (1%), “deficiency…” (0.32%), “beauty” (0.31%).',
    );
  });

  it.each([
    [1, '100%'],
    [0.31, '31%'],
    [0.0999202, '10%'],
    [0.00316732, '0.32%'],
    [0.000052, '0.0052%'],
    [0, '0%'],
  ])('write the probability %d as %s', (probability, text) => {
    expect(formatProbability(probability)).toBe(text);
  });

  it('write cutoffs as people type them', () => {
    expect([5e-5, 1e-4, 0.001584893, 0.1].map(formatCutoff)).toEqual(['5e-5', '1e-4', '0.0016', '0.1']);
  });
});
