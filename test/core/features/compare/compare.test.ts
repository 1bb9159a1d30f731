import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerCompare, type CompareProgress } from '../../../../src/core/features/compare/index.js';
import { overlapOfLists, withOtherRanks } from '../../../../src/core/features/list/overlap.js';
import { compareTrees, leadingDefinition } from '../../../../src/core/features/tree/overlap.js';
import type { ComparedVector, CompareReport, ListedToken } from '../../../../src/core/index.js';
import type { TreeNode } from '../../../../src/core/report/feature.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { tinyJob } from '../../../support/processes.js';
import { fixture } from '../../../support/tinyModel.js';
import { node, pathsOf, rootOf } from '../../../support/trees.js';

describe('lists', () => {
  test('their overlap by hand', () => {
    // Prefixes of [1 2 3] and [2 1 4] share 0, 2, 2 tokens.
    const { length, shared, rankBiased } = overlapOfLists([1, 2, 3], [2, 1, 4]);
    expect([length, shared]).toEqual([3, 2]);
    const sum = 0 + (2 / 2) * 0.9 ** 2 + (2 / 3) * 0.9 ** 3;
    expect(rankBiased).toBeCloseTo((2 / 3) * 0.9 ** 3 + (0.1 / 0.9) * sum, 12);
  });

  test('the same list is 1, nothing in common 0, and so are no lists', () => {
    expect(overlapOfLists([5, 6, 7], [5, 6, 7])).toMatchObject({ shared: 3 });
    expect(overlapOfLists([5, 6, 7], [5, 6, 7]).rankBiased).toBeCloseTo(1, 12);
    expect(overlapOfLists([5, 6], [7, 8])).toEqual({ length: 2, shared: 0, rankBiased: 0 });
    expect(overlapOfLists([], [])).toEqual({ length: 0, shared: 0, rankBiased: 0 });
  });

  test('tokens know their rank in the other list', () => {
    const list = (...ids: number[]): ListedToken[] =>
      ids.map((tokenId, i) => ({ rank: i + 1, tokenId, token: '', score: 0, cosine: 0 }));
    const ranks = withOtherRanks(list(1, 2, 3), list(3, 1, 9)).map(({ otherRank }) => otherRank);
    expect(ranks).toEqual([2, null, 1]);
  });
});

const ended = (tokenId: number, cumulative: number): TreeNode => ({
  ...node(tokenId, cumulative),
  token: ` t${tokenId}."`,
  end: true,
});

describe('trees', () => {
  //  1 (0.6) - 2 (0.4, end)        1 (0.2) - 2 (0.1, end)
  //          - 3 (0.1)                     - 4 (0.1) - 3 (0.05)
  //  5 (0.3, end)
  const pair = () =>
    [
      rootOf(node(1, 0.6, [ended(2, 0.4), node(3, 0.1)]), ended(5, 0.3)),
      rootOf(node(1, 0.2, [ended(2, 0.1), node(4, 0.1, [node(3, 0.05)])])),
    ] as const;

  test('what both share is told, and marked in both with the other’s probability', () => {
    const [one, other] = pair();
    const overlap = compareTrees(one, other);
    expect(overlap.nodes).toBe(2);
    expect(overlap.shared[0]).toBeCloseTo(1 / 1.4, 12);
    expect(overlap.shared[1]).toBeCloseTo(0.3 / 0.45, 12);
    // min: 0.2 + 0.1; max: 0.6 + 0.4 and what one alone has, 0.1 + 0.3 and 0.1 + 0.05.
    expect(overlap.likeness).toBeCloseTo(0.3 / 1.55, 12);
    expect(overlap.definition).toEqual({ text: 't1 t2', probabilities: [0.4, 0.1] });
    const marks = (root: TreeNode) => [...pathsOf(root)].map(([path, { other: c }]) => [path, c]);
    expect(marks(one)).toEqual([
      ['1', 0.2],
      ['1,2', 0.1],
      ['1,3', undefined],
      ['5', undefined],
    ]);
    expect(marks(other)).toEqual([
      ['1', 0.6],
      ['1,2', 0.4],
      ['1,4', undefined],
      ['1,4,3', undefined],
    ]);
  });

  test('a tree is like itself, and like nothing that it shares no path with', () => {
    const same = compareTrees(pair()[0], pair()[0]);
    expect(same.nodes).toBe(4);
    for (const share of [...same.shared, same.likeness]) expect(share).toBeCloseTo(1, 12);
    const nothing = { nodes: 0, shared: [0, 0], likeness: 0 };
    expect(compareTrees(pair()[0], rootOf(node(9, 0.5)))).toEqual(nothing);
    expect(compareTrees(rootOf(), rootOf())).toEqual(nothing);
  });

  test('the leading definition is the one that is said so much more often than by the other', () => {
    const [one, other] = pair();
    compareTrees(one, other);
    // 0.3 ln(0.3 / 0.01) = 1.02 against 0.4 ln(0.4 / 0.1) = 0.55
    const own = { text: 't5', ended: true, probability: 0.3, other: null };
    expect(leadingDefinition(one, { cutoff: 0.01 })).toEqual(own);
    // With a higher cutoff absence tells less: 0.3 ln(0.3 / 0.2) = 0.12, and 0.4 ln(0.4 / 0.2) = 0.28
    const shared = { text: 't1 t2', ended: true, probability: 0.4, other: 0.1 };
    expect(leadingDefinition(one, { cutoff: 0.2 })).toEqual(shared);
    // What the other says more often does not lead; unfinished ones count where none ended.
    expect(leadingDefinition(other, { cutoff: 0.01 })).toBeUndefined();
    const unfinished = rootOf(node(7, 0.5, [node(8, 0.2)]));
    expect(leadingDefinition(unfinished, { cutoff: 0.01 })).toMatchObject({ text: 't7t8', ended: false });
    expect(leadingDefinition(rootOf(), { cutoff: 0.01 })).toBeUndefined();
  });
});

describe('gloss-12l', () => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(glossModel(), { threads: 1 });
  });
  afterAll(() => model.close());

  async function ask(
    sides: [ComparedVector, ComparedVector],
    change: Partial<CompareReport['parameters']> = {},
    onProgress: (progress: CompareProgress) => void = () => {},
  ): Promise<CompareReport> {
    const { request, limits } = tinyJob({ cutoff: 1e-3, tokens: 100 });
    const { weights: _, ...rest } = request.parameters;
    const sources = [await model.features(sides[0].layer), await model.features(sides[1].layer)] as const;
    const parameters = { ...rest, scale: 'auto' as const, ...change };
    return answerCompare(model, sources, { model: 'gloss-12l', sides, parameters }, limits, 0, onProgress);
  }

  const reference = JSON.parse(readFileSync(fixture('compare.json'), 'utf8')) as {
    sides: [ComparedVector, ComparedVector];
    cosine: number;
    lists: number[][];
    shared: number;
    rankBiased: number;
  }[];

  test.each(reference)(
    'L$sides.0.layer F$sides.0.feature $sides.0.weights against L$sides.1.layer F$sides.1.feature $sides.1.weights: as with numpy',
    async ({ sides, cosine, lists, shared, rankBiased }) => {
      const report = await ask(sides);
      expect(report.cosine).toBeCloseTo(cosine, 6);
      expect(report.sides.map(({ tokens }) => tokens.map(({ tokenId }) => tokenId))).toEqual(lists);
      expect(report.lists.shared).toBe(shared);
      expect(report.lists.rankBiased).toBeCloseTo(rankBiased, 9);
      expect(
        report.sides.map(({ sae, weights }) => ({ layer: sae.layer, feature: sae.feature, weights })),
      ).toEqual(sides);
    },
  );

  const BOTH: [ComparedVector, ComparedVector] = [
    { layer: 10, feature: 777, weights: 'encoder' },
    { layer: 10, feature: 777, weights: 'decoder' },
  ];

  test('a vector compared with itself is the same in everything', async () => {
    const report = await ask([BOTH[0], BOTH[0]]);
    expect(report.cosine).toBeCloseTo(1, 12);
    expect(report.lists).toMatchObject({ length: 100, shared: 100 });
    expect(report.trees.nodes).toBe(report.sides[0].tree.nodes);
    for (const share of [...report.trees.shared, report.trees.likeness]) expect(share).toBeCloseTo(1, 12);
    expect(report.sides[0].leading).toBeUndefined();
  });

  test('both sides have one setting, at which both read back most, and progress tells which side it is about', async () => {
    const parts = new Set<string>();
    const report = await ask(BOTH, { scale: 'best' }, ({ part, stage }) => {
      parts.add(`${part.number} of ${part.of} ${stage}`);
    });
    const [one, other] = report.sides;
    expect([one.at, one.scale]).toEqual([other.at, other.scale]);
    expect([one.ghost.chosen, other.ghost.chosen]).toEqual(['readBack', 'readBack']);
    expect(report.parameters.scale).toBe('best');
    expect([...parts]).toEqual([
      '1 of 2 measuring',
      '2 of 2 measuring',
      '1 of 2 said',
      '1 of 2 growing',
      '2 of 2 said',
      '2 of 2 growing',
    ]);
  });

  test('it stops, on the second side, too, when its listener throws', async () => {
    const stop = ({ part }: CompareProgress) => {
      if (part.number === 2) throw new Error('cancelled');
    };
    await expect(ask(BOTH, {}, stop)).rejects.toThrow('cancelled');
  });
});
