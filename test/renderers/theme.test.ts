import { expect, test } from 'vitest';
import { barFills } from '../../renderers/feature/says.js';
import { contrastOf } from '../../renderers/sheet/colours.js';
import { THEMES, type ThemeName } from '../../renderers/sheet/theme.js';

const NAMES = Object.keys(THEMES) as ThemeName[];
/** Written with, and drawn with. `rule` only divides. */
const TEXT = ['ink', 'quiet', 'accent', 'activation', 'other', 'good', 'fair', 'poor'] as const;
const LINES = ['branch'] as const;

test.each(NAMES)('text has a contrast of 4.5 and lines of 3 on all that they stand on: %s', (name) => {
  const theme = THEMES[name];
  for (const ground of [theme.background, theme.panel]) {
    for (const colour of TEXT) expect(contrastOf(theme[colour], ground)).toBeGreaterThanOrEqual(4.5);
    for (const colour of LINES) expect(contrastOf(theme[colour], ground)).toBeGreaterThanOrEqual(3);
  }
  for (const fill of barFills(theme)) {
    expect(contrastOf(theme.ink, fill)).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(theme.quiet, fill)).toBeGreaterThanOrEqual(4.5);
  }
});

test('a picture for paper is on white, and has no large dark areas', () => {
  expect(THEMES.print.background).toBe('#ffffff');
  expect(contrastOf(THEMES.print.panel, '#ffffff')).toBeLessThan(1.2);
});
