import { expect, test } from 'vitest';
import { cleanedExplanation, readVerdicts } from '../../src/explanation/answers.js';
import {
  balancedAccuracy,
  detectionTrials,
  fuzzingTrials,
  splitExamples,
} from '../../src/explanation/delphi.js';
import { ownTime } from '../support/ownTime.js';

const example = (word: string) => ({ tokens: ['a', ' b', ` ${word}`, ' c'], activations: [0, 0, 5, 1] });
const HELD_OUT = ['x', 'y', 'z'].map(example);
const OTHERS = ['p', 'q', 'r', 's'].map(example);

test('balanced accuracy is the mean of what is right among the true and among the false', () => {
  const trials = [true, true, true, true, false, false].map((truth) => ({ truth }));
  // 3 of 4 true ones and 1 of 2 false ones: (0.75 + 0.5) / 2
  expect(balancedAccuracy(trials, [true, true, true, false, true, false])).toEqual({
    balancedAccuracy: 0.625,
    positives: 4,
    negatives: 2,
  });
  expect(balancedAccuracy(trials.slice(0, 3), [true, true, true])).toBeUndefined();
});

test('detection has as many snippets of others as of the feature, in an order that the seed decides', () => {
  const trials = detectionTrials(HELD_OUT, OTHERS, 1);
  expect(
    trials
      .filter(({ truth }) => truth)
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['a b x c', 'a b y c', 'a b z c']);
  expect(trials.filter(({ truth }) => !truth)).toHaveLength(3);
  expect(detectionTrials(HELD_OUT, OTHERS, 1)).toEqual(trials);
  const orders = [1, 2, 3, 4].map((seed) =>
    detectionTrials(HELD_OUT, OTHERS, seed)
      .map(({ text }) => text)
      .join(),
  );
  expect(new Set(orders).size).toBeGreaterThan(1);
});

test('fuzzing marks what is active, or as many silent tokens; no round has a snippet twice', () => {
  const rounds = fuzzingTrials(HELD_OUT, 1);
  for (const round of rounds) {
    const plain = round.map(({ text }) => text.replaceAll(/<<|>>/g, '')).sort();
    expect(plain).toEqual(['a b x c', 'a b y c', 'a b z c']);
  }
  for (const { text, truth } of rounds.flat()) {
    // An activation of 1 is less than 0.3 of 5: not marked as active, and not silent either.
    expect(text).toMatch(truth ? /^a b <<[xyz]>> c$/ : /^(<<a>> b|a <<b>>) [xyz] c$/);
  }
  expect(rounds.flat().filter(({ truth }) => truth)).toHaveLength(3);
});

test('the weaker half of the examples is held out, without texts that were shown', () => {
  const [one, two, three] = HELD_OUT;
  const { shown, heldOut } = splitExamples([one!, two!, three!, one!, OTHERS[0]!]);
  expect(shown).toEqual([one, two, three]);
  expect(heldOut).toEqual([OTHERS[0]]);
});

test.each([
  ['[1, 0, 1]', [true, false, true]],
  ['Here you are:\n```json\n[1,0,1]\n```', [true, false, true]],
  ['<think>[0,0,0]</think>[1,0,1]', [true, false, true]],
  ['[true, false, true]', [true, false, true]],
  ['Example 1: 1\nExample 2: 0\nExample 3: 1', [true, false, true]],
  ['1\n0\n1', [true, false, true]],
  ['1. yes\n2. no\n3. yes.', [true, false, true]],
  ['[1, 0]', undefined],
  ['[1, 0, 2]', undefined],
  ['yes', undefined],
  ['', undefined],
])('verdicts are read from %j', (answer, verdicts) => {
  expect(readVerdicts(answer, 3)).toEqual(verdicts);
});

test.each([
  ['a list that is nearly one', `[${'true  '.repeat(30)}x`],
  ['a long list', `[${'true, '.repeat(30_000)}x]`],
  ['blanks', `${' '.repeat(80_000)}x`],
  ['blanks behind a verdict', `1${' .'.repeat(40_000)}x`],
  ['mentions', '<@'.repeat(40_000)],
  ['thoughts', '<think>'.repeat(20_000)],
  ['brackets', '[['.repeat(40_000)],
])('an answer of %s is read at once', (_, answer) => {
  const began = ownTime();
  expect(readVerdicts(answer, 3)).toBeUndefined();
  cleanedExplanation(answer);
  expect(ownTime() - began).toBeLessThan(1_000);
});

test.each([
  ['[1 0 1]', [true, false, true]],
  ['[True, False, 1]', [true, false, true]],
  ['the texts [1, 2] are: [0,\n1,\n1]', [false, true, true]],
  ['Text 1:    1  \n\nText 2 = no.\nText 3) YES', [true, false, true]],
  ['[constructor, 0, 1]', undefined],
])('verdicts in other words are read from %j', (answer, verdicts) => {
  expect(readVerdicts(answer, 3)).toEqual(verdicts);
});
