import { expect, test } from 'vitest';
import { stageText } from '../../commands/index.js';
import { progressText } from '../../src/adapters/chat/progressText.js';
import type { JobProgress } from '../../src/jobs/index.js';

const BEST = { text: 'a\ndog', activation: 3.14 };

test.each<[progress: JobProgress, chat: string]>([
  [{ stage: 'queued', position: 2 }, 'Waiting: number 2 in the queue'],
  [{ stage: 'loading' }, 'Loading the model'],
  [{ stage: 'explaining' }, 'Writing the explanation'],
  [{ stage: 'measuring', share: 0.405 }, 'Comparing scales: 41 %'],
  [{ stage: 'ranking', share: 0 }, 'Trying tokens in contexts: 0 %'],
  [{ stage: 'reading', share: 1 }, 'Reading the texts: 100 %'],
  [
    { stage: 'growing', nodes: 12, settled: 0.5, depth: 3, part: { number: 2, of: 3 } },
    '2 of 3: ██████████░░░░░░░░░░ 12 nodes, depth 3',
  ],
])('%o', (progress, chat) => {
  expect(progressText(progress)).toBe(chat);
});

test('a dream shows its best text on one line', () => {
  const dreaming = (best: object | undefined) =>
    ({ stage: 'dreaming', share: 0.25, best }) as unknown as JobProgress;
  const bar = '█████░░░░░░░░░░░░░░░';
  expect(progressText(dreaming(undefined))).toBe(`${bar} dreaming`);
  expect(progressText(dreaming(BEST))).toBe(`${bar} dreaming\nBest so far, active 3.1: a⏎dog`);
  expect(stageText(dreaming(BEST))).toEqual({
    part: '',
    doing: 'dreaming',
    share: 0.25,
    result: 'active 3.1: a⏎dog',
  });
});
