import { expect, test } from 'vitest';
import { listInALine, tokenTable } from '../../../commands/parts/tokenTable.js';
import { report, rootNode } from '../../renderers/reports.js';

const words = Array.from({ length: 100 }, (_, i) => ` word${i}`);
const answer = (change: Parameters<typeof report>[2]) => report(rootNode(), words, change);

test('a list at chance is one line with what it is worth', () => {
  const line = listInALine(answer({ listTruth: { share: 0.55, error: 0.03 } }), { tokens: 100 });
  expect(line).toMatch(/^Nearest tokens \(.* 55% of the others, 50% is chance; .*\): ·word0 .*·word11$/);
});

test.each([
  ['nobody measured it', {}, 100],
  ['it is better than chance by more than two standard errors', { share: 0.62, error: 0.03 }, 100],
  ['another length was asked for', { share: 0.5, error: 0.03 }, 25],
] as const)('a list stands whole where %s', (_, truth, tokens) => {
  const change = 'share' in truth ? { listTruth: truth } : {};
  expect(listInALine(answer(change), { tokens })).toBeUndefined();
  expect(tokenTable(answer(change)).tokens).toHaveLength(100);
});
