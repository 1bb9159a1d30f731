/** How much of all that the model says the picture shows: four shares that add up to 1, as a bar and in words. */
import type { DefinitionTree } from '../../src/core/report/feature.js';
import { formatProbability } from '../../src/text/numbers.js';
import type { Pen } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { allDefinitions, comparable } from '../text/definitions.js';
import { READ, SHEET, SMALL, swatchItems } from './type.js';

/** Shares of the probability, 0..1. */
export interface Coverage {
  /** Of the definitions that are shown. */
  shown: number;
  /** Of all others that ended. */
  finished: number;
  /** Of what the model says for any vector. */
  generic: number;
  /** Of what grew no further: too rare, or cut by a budget. */
  notFollowed: number;
}

const BAR = 18; // pixels
/** Between the parts of the bar. */
const SPACE = 3;
/** Smaller parts are in the bar alone. */
const TOLD = 1e-3;
const SIZES = [38, 36, 34, 32, SMALL];
/** Wider than any legend. */
const MOST = 10 * SHEET.width;

/** @param texts of the definitions that are shown */
export function coverageOf({ root, pruned }: DefinitionTree, texts: readonly string[]): Coverage {
  const wanted = new Set(texts.map(comparable));
  let [shown, shownGeneric, finished] = [0, 0, 0];
  for (const { text, ended, generic, probability } of allDefinitions(root)) {
    if (wanted.has(comparable(text))) {
      shown += probability;
      if (generic) shownGeneric += probability;
    } else if (ended && !generic) finished += probability;
  }
  // Sums of many rounded numbers may come to a little more than 1.
  const generic = Math.max(0, Math.min(1 - shown - finished, (pruned?.probability ?? 0) - shownGeneric));
  return { shown, finished, generic, notFollowed: Math.max(0, 1 - shown - finished - generic) };
}

export function coveragePanel(coverage: Coverage, pen: Pen, width: number): Panel {
  const { theme } = pen;
  const parts = [
    { share: coverage.shown, name: 'shown', fill: theme.accent },
    { share: coverage.finished, name: 'other finished', fill: theme.quiet },
    { share: coverage.generic, name: 'any vector', fill: theme.branch },
    { share: coverage.notFollowed, name: 'not followed', fill: theme.branch, hatched: true },
  ];
  const items: Item[] = [];
  let x = 0;
  for (const { share, fill, hatched } of parts) {
    const box = { x, y: 4, width: Math.max(2, width * share - SPACE), height: BAR };
    if (share > 0)
      items.push(
        hatched ? { kind: 'hatch', ...box, colour: fill } : { kind: 'box', ...box, radius: 0, fill },
      );
    x += width * share;
  }
  const named = parts
    .filter(({ share, name }) => share >= TOLD || name === 'shown')
    .map(({ share, name, ...look }) => ({
      ...look,
      words: `${name} ${share > 0 && share < TOLD ? '<0.1%' : formatProbability(share)}`,
    }));
  const y = 4 + BAR + READ * 0.7;
  // The largest type in which all four fit.
  for (const size of SIZES) {
    const legend: Item[] = [];
    let at = 0;
    for (const { words, ...look } of named) {
      const { items: put, end } = swatchItems(look, words, { x: at, y, size, width: MOST }, pen);
      legend.push(...put);
      at = end + READ * 0.6;
    }
    if (at - READ * 0.6 > width && size !== SIZES.at(-1)) continue;
    items.push(...legend);
    break;
  }
  return { width, height: y + READ * 0.62, items };
}
