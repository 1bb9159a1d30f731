import { expect, test } from 'vitest';
import { settingsFor } from '../../../../src/core/features/speak/settings.js';

const CALIBRATION = {
  settings: [
    { at: 'learned', scale: 1 },
    { at: 4, scale: 1.6 },
    { at: 2, scale: 1 },
    { at: 4, scale: 1 },
  ],
  readsBack: 0.5,
  partly: 0.1,
} as const;

test.each([
  ['best', 'best', CALIBRATION.settings],
  // A scale that is given is tried at each place; a place that is given at each of its scales.
  [
    'best',
    3,
    [
      { at: 'learned', scale: 3 },
      { at: 4, scale: 3 },
      { at: 2, scale: 3 },
    ],
  ],
  [
    'best',
    'auto',
    [
      { at: 'learned', scale: 1 },
      { at: 4, scale: 1 },
      { at: 2, scale: 1 },
    ],
  ],
  [
    4,
    'best',
    [
      { at: 4, scale: 1.6 },
      { at: 4, scale: 1 },
    ],
  ],
  [
    7,
    'best',
    [
      { at: 7, scale: 1 },
      { at: 7, scale: 2 },
    ],
  ],
  [
    'input',
    'best',
    [
      { at: 'input', scale: 1 },
      { at: 'input', scale: 4 },
      { at: 'input', scale: 10 },
    ],
  ],
  ['sae', 'auto', [{ at: 'sae', scale: 1 }]],
  [2, 0.5, [{ at: 2, scale: 0.5 }]],
] as const)('at=%s scale=%s tries %j', (at, scale, settings) => {
  expect(settingsFor({ at, scale }, CALIBRATION, 30)).toEqual(settings);
});

test('of a model that was not calibrated a few places are tried, none behind its last block but one', () => {
  const places = (blocks: number) =>
    new Set(settingsFor({ at: 'best', scale: 'best' }, undefined, blocks).map(({ at }) => at));
  expect(places(30)).toEqual(new Set(['input', 2, 4]));
  expect(places(4)).toEqual(new Set(['input', 2]));
  expect(places(2)).toEqual(new Set(['input']));
});
