import { loadImage } from 'canvas';
import { describe, expect, it } from 'vitest';
import { drawCompare } from '../../renderers/compare/index.js';
import { differenceSentence, sideHeadings } from '../../renderers/compare/words.js';
import { overlapOfLists, withOtherRanks } from '../../src/core/features/list/overlap.js';
import { compareTrees, leadingDefinition } from '../../src/core/features/tree/overlap.js';
import type { CompareReport } from '../../src/core/report/compare.js';
import type { TreeNode } from '../../src/core/report/feature.js';
import { expectPicture } from '../support/pictures.js';
import { englishTree, report as featureReport, rootNode } from './reports.js';

/** What the core would answer of two trees and lists. */
function compareReport(
  roots: readonly [TreeNode, TreeNode],
  lists: readonly [string[], string[]],
  change: Partial<CompareReport> = {},
): CompareReport {
  const vocabulary = [...new Set(lists.flat())];
  const reports = roots.map((root, i) => {
    const found = featureReport(root, lists[i]!);
    for (const token of found.tokens) token.tokenId = vocabulary.indexOf(token.token);
    return found;
  });
  const [one, other] = reports as [(typeof reports)[0], (typeof reports)[0]];
  const trees = compareTrees(...roots);
  const { weights: _, ...parameters } = one.parameters;
  const side = (mine: typeof one, theirs: typeof one, weights: 'encoder' | 'decoder') => {
    const leading = leadingDefinition(mine.tree.root, theirs.tree);
    const { sae, ghost, tree } = mine;
    const tokens = withOtherRanks(mine.tokens, theirs.tokens);
    return { sae, ghost, tree, tokens, weights, at: 'input' as const, scale: 1, ...(leading && { leading }) };
  };
  const ids = ({ tokens }: typeof one) => tokens.map(({ tokenId }) => tokenId);
  return {
    schema: 'ghosttree/compare@2',
    model: one.model,
    parameters: { ...parameters, scale: 'best' },
    sides: [side(one, other, 'encoder'), side(other, one, 'decoder')],
    cosine: 0.4123,
    lists: overlapOfLists(ids(one), ids(other)),
    trees,
    timing: { load: 1, compare: 1, total: 2 },
    ...change,
  };
}

function said(tokenId: number, token: string, cumulative: number): TreeNode {
  return { tokenId, token: `${token}."`, probability: cumulative, cumulative, end: true, children: [] };
}

const boat = () => rootNode([said(1, 'a boat', 0.31), said(2, 'a ship', 0.2)]);
const king = () => rootNode([said(3, 'a king', 0.4), said(1, 'a boat', 0.01)]);

describe('the sentence', () => {
  it('names what each says more than the other, and what only one is near', () => {
    const report = compareReport(
      [boat(), king()],
      [
        [' boat', ' ship', 'x'],
        [' king', ' queen', 'x'],
      ],
    );
    expect(differenceSentence(report)).toBe(
      'The encoder and the decoder say different things (cosine 0.41, 1 of 3 nearest tokens shared, trees 1.1% alike): the encoder says “a ship” (20%, the decoder under 0.005%); the decoder says “a king” (40%, the encoder under 0.005%); only near the encoder: boat, ship; only near the decoder: king, queen.',
    );
  });

  it('names what both say where the trees are alike, and that the lists are not', () => {
    const like = rootNode([said(1, 'a boat', 0.25), said(2, 'a ship', 0.2)]);
    const same = compareReport(
      [boat(), like],
      [
        [' boat', 'x'],
        [' boat', 'x'],
      ],
    );
    expect(differenceSentence(same)).toBe(
      'The encoder and the decoder say much the same (cosine 0.41, 2 of 2 nearest tokens shared, trees 88% alike): both say “a boat” (31% and 25%).',
    );
    const apart = compareReport([boat(), like], [[' boat'], [' king']]);
    expect(differenceSentence(apart)).toContain(
      'say much the same, though they lie near different tokens (cosine 0.41, 0 of 1 nearest tokens shared, trees 88% alike): both say “a boat” (31% and 25%); only near the encoder: boat; only near the decoder: king.',
    );
  });

  it('tells a shared definition by both probabilities, and that near tokens do not make the same definitions', () => {
    const rarely = rootNode([said(1, 'a boat', 0.02), said(3, 'a king', 0.3)]);
    const report = compareReport([rootNode([said(1, 'a boat', 0.4)]), rarely], [['x'], ['x']]);
    expect(differenceSentence(report)).toBe(
      'The encoder and the decoder say different things, though they lie near the same tokens (cosine 0.41, 1 of 1 nearest tokens shared, trees 2.9% alike): the encoder says “a boat” (40%, the decoder 2%); the decoder says “a king” (30%, the encoder under 0.005%).',
    );
  });

  it('names what both say and what each says where the trees are partly alike', () => {
    const partly = rootNode([said(1, 'a boat', 0.25), said(3, 'a king', 0.3)]);
    const report = compareReport(
      [boat(), partly],
      [
        ['x', 'y', 'z', 'v'],
        ['y', 'v', 'x', 'w'],
      ],
    );
    expect(differenceSentence(report)).toBe(
      'The encoder and the decoder say partly the same (cosine 0.41, 3 of 4 nearest tokens shared, trees 31% alike): both say “a boat” (31% and 25%); the encoder says “a ship” (20%, the decoder under 0.005%); the decoder says “a king” (30%, the encoder under 0.005%).',
    );
    // What both say is not named again as what one says.
    const more = rootNode([said(1, 'a boat', 0.1), said(2, 'a ship', 0.05)]);
    expect(differenceSentence(compareReport([boat(), more], [['x'], ['x']]))).toContain(
      'partly the same (cosine 0.41, 1 of 1 nearest tokens shared, trees 29% alike): both say “a boat” (31% and 10%).',
    );
  });

  it('does without definitions, and names features by layer and number', () => {
    const report = compareReport([rootNode(), rootNode()], [[' boat'], [' king']]);
    const [one, other] = report.sides;
    other.sae = { ...other.sae, layer: 6, feature: 301 };
    other.weights = one.weights;
    expect(sideHeadings(report)).toEqual(['L0 F0', 'L6 F301']);
    expect(differenceSentence(report)).toBe(
      'L0 F0 and L6 F301 say different things (cosine 0.41, 0 of 1 nearest tokens shared, trees 0% alike): only near L0 F0: boat; only near L6 F301: king.',
    );
  });
});

describe('the picture of a comparison', () => {
  it('is a PNG in the colours of its theme that says in words what it shows', async () => {
    for (const [theme, first] of [
      ['dark', [0x0f, 0x14, 0x19]],
      ['light', [255, 255, 255]],
    ] as const) {
      const report = compareReport(
        [boat(), king()],
        [
          [' boat', 'x'],
          [' king', 'x'],
        ],
      );
      const picture = await drawCompare(report, { theme });
      if (theme === 'light') await expectPicture('compare', picture.png);
      const image = await loadImage(picture.png);
      expect([image.width, image.height]).toEqual([picture.width, picture.height]);
      const palette = picture.png.indexOf('PLTE') + 4;
      expect([...picture.png.subarray(palette, palette + 3)]).toEqual(first);
      expect(picture.alt).toContain(
        'layer 0 · feature 0 · encoder and decoder. The encoder and the decoder say',
      );
      expect(picture.alt).toContain(
        'Strongest definitions of the encoder: “a boat” (31%), “a ship” (20%); of the decoder: “a king” (40%), “a boat” (1%). Near both: x.',
      );
    }
  });

  it('draws shared branches otherwise than own ones', async () => {
    const lists: [string[], string[]] = [['a'], ['b']];
    const { png } = await drawCompare(compareReport([boat(), king()], lists));
    const apart = compareReport([boat(), king()], lists);
    for (const { tree } of apart.sides) for (const node of tree.root.children) delete node.other;
    expect((await drawCompare(apart)).png.equals(png)).toBe(false);
  });

  it('takes any tokens, trees of any size, and none', async () => {
    const hostile = ['x'.repeat(4000), '', '\ud800', '\u202e', '@everyone', 'e\u0301'.repeat(500), '日本'];
    const large = [englishTree(5000, 1), englishTree(5000, 2)] as const;
    const pictures = [
      await drawCompare(compareReport([englishTree(300, 3), englishTree(300, 3)], [hostile, hostile])),
      await drawCompare(
        compareReport(large, [
          ['a', 'b'],
          ['b', 'c'],
        ]),
      ),
      await drawCompare(compareReport([rootNode(), rootNode()], [[], []])),
      await drawCompare(
        compareReport([rootNode([said(1, '\u202e<!channel>\n', 0.5)]), rootNode()], [[], []]),
      ),
    ];
    for (const { png, alt, height } of pictures) {
      expect(png.length).toBeLessThan(8_000_000);
      expect(height).toBeLessThan(10_000);
      expect(alt).not.toMatch(/\p{C}/u);
    }
    expect(pictures[2]!.alt).toContain('none reaches the cutoff');
  });
});
