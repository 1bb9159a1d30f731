/** What a reader needs to know of the card who sees nothing else: how it was made, in a line. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { holdWords } from '../text/holdWords.js';
import { SMALL } from './type.js';

const HEIGHT = 36; // pixels

/** @param hasGrey whether connecting words are shown, in grey */
export function footerPanel(
  { held, hybrid }: FeatureReport,
  hasGrey: boolean,
  pen: Pen,
  width: number,
): Panel {
  const parts = [
    ...(held ? [holdWords(held)] : []),
    ...(hasGrey ? ['grey words: any vector says them'] : []),
    ...(hybrid ? ['* the token was put there'] : []),
  ];
  if (parts.length === 0) return { width, height: 0, items: [] };
  const placed = { x: 0, y: HEIGHT / 2, size: SMALL, colour: pen.theme.quiet, width };
  return { width, height: HEIGHT, items: [words(parts.join(' · '), placed, pen)] };
}
