import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SlackContent } from '../../../src/adapters/slack/posting/content.js';
import { ProgressPace, progressEdits } from '../../../src/adapters/slack/posting/progress.js';
import { until } from '../../support/until.js';

const content = (text: string): SlackContent => ({ text, blocks: [] });

test('everybody who waits has a turn, and is shown the newest', async () => {
  const pace = new ProgressPace(40);
  const shown: string[] = [];
  const start = Date.now();
  for (const name of ['ada', 'bob', 'eve']) {
    const edits = progressEdits(pace, async ({ text }) => void shown.push(text));
    for (const position of [3, 2, 1]) edits.push(content(`${name} ${position}`));
  }
  await until('three edits', () => shown.length === 3);
  expect(shown).toEqual(['ada 1', 'bob 1', 'eve 1']);
  expect(Date.now() - start).toBeGreaterThanOrEqual(75);
});

test('nothing is shown after the end, which waits for what is being shown', async () => {
  const shown: string[] = [];
  const edits = progressEdits(new ProgressPace(10), async ({ text }) => {
    await sleep(30);
    shown.push(text);
  });
  edits.push(content('first'));
  await sleep(10);
  edits.push(content('second'));
  await edits.stop();
  expect(shown).toEqual(['first']);
  await sleep(60);
  expect(shown).toEqual(['first']);
});
