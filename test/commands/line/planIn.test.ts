import { expect, test } from 'vitest';
import { planLine } from '../../../commands/index.js';
import type { CommandContext } from '../../../commands/line/command.js';
import { readConfiguration } from '../../../src/configuration/index.js';
import type { Jobs } from '../../../src/jobs/index.js';
import { fixture } from '../../support/tinyModel.js';

const configuration = readConfiguration(fixture('config'));
const tiny = configuration.models.get('tiny-gpt2')!;
configuration.models.set('other', { ...tiny, id: 'other' });
const context: CommandContext = { configuration, jobs: {} as Jobs };

test.each([
  ['feature 0 7', { theme: 'light' }, 'feature 0 7 theme=light'],
  ['0 7', { theme: 'light', top: '3' }, 'feature 0 7 top=3 theme=light'],
  // Typed counts first, and is said here although it is the default elsewhere.
  ['feature 0 7 theme=dark', { theme: 'light' }, 'feature 0 7 theme=dark'],
  ['feature 0 7 top=4', { top: '3' }, 'feature 0 7 top=4'],
  ['feature 0 7', { theme: 'dark' }, 'feature 0 7 theme=dark'],
  // A model in the address is typed.
  ['feature 0 7', { model: 'other' }, 'feature 0 7 model=other'],
  ['feature tiny-gpt2/0-res/7', { model: 'other' }, 'feature 0 7 model=tiny-gpt2'],
  ['feature 0 7 model=tiny-gpt2', { model: 'other' }, 'feature 0 7 model=tiny-gpt2'],
  ['feature other/0-res/7', { model: 'tiny-gpt2' }, 'feature 0 7 model=other'],
  // Of two that exclude each other the typed one counts.
  ['feature 0 7 clamp=1', { steer: '2' }, 'feature 0 7 clamp=1'],
  ['feature 0 7', { steer: '2' }, 'feature 0 7 steer=2'],
  // Off is said, or the other would count when the line is typed again.
  ['feature 0 7 clamp=off', { steer: '2' }, 'feature 0 7 clamp=off'],
  // A setting made before the operator lowered a limit does not count.
  ['feature 0 7', { nodes: '20001', top: '3' }, 'feature 0 7 top=3'],
  // One feature is compared encoder with decoder, whatever is set.
  ['compare 0 7', { weights: 'decoder', theme: 'light' }, 'compare 0 7 theme=light'],
  ['compare 0 7 0 8', { weights: 'decoder' }, 'compare 0 7 0 8 weights=decoder'],
  ['compare 0 7', { scale: 'best' }, 'compare 0 7 scale=best'],
  ['dream 0 7 seed=3', { theme: 'light' }, 'dream 0 7 theme=light seed=3'],
  // Commands without the option, or that take less in it, have their own.
  ['kind 0 7', { top: '3', theme: 'light' }, 'kind 0 7 theme=light'],
  ['activate 0 7 "a = b"', { theme: 'light', m: '2' }, "activate 0 7 'a = b' theme=light"],
  ['models', { theme: 'light', model: 'other' }, 'models'],
  ['settings theme=light', { theme: 'dark' }, undefined],
  ['feature 0 7 prompt=\'A "{ghost}" is\'', { prompt: 'x {ghost}' }, `feature 0 7 prompt='A "{ghost}" is'`],
  ['feature 0 7', { prompt: 'x {ghost}' }, "feature 0 7 prompt='x {ghost}'"],
])('"%s" where %j is set asks "%s"', (line, settings, expected) => {
  const place = new Map(Object.entries(settings));
  if (expected === undefined) {
    expect(() => planLine(line, context, undefined, place)).toThrow(/belong to a channel/);
    return;
  }
  const plan = planLine(line, context, undefined, place);
  expect(plan.line).toBe(expected);
  // It asks the same again: there, and elsewhere.
  expect(planLine(plan.line, context, undefined, place).line).toBe(expected);
  expect(planLine(planLine(plan.line, context).line, context, undefined, new Map()).line).toBe(
    planLine(plan.line, context).line,
  );
});

test('options alone change what a thread is about, and nothing else', () => {
  const place = new Map([['theme', 'light']]);
  expect(planLine('scale=5', context, 'feature 0 7 top=3', place).line).toBe('feature 0 7 scale=5 top=3');
});
