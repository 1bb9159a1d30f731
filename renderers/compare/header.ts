/** The head of the picture: what is compared, how alike it is in three numbers, and the sentence on the difference. */
import type { CompareReport } from '../../src/core/report/compare.js';
import { formatProbability } from '../../src/text/numbers.js';
import { headPanel } from '../panels/head.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';
import { comparedTitle, differenceSentence, formatCosine, sharedTokens } from './words.js';

export function titlePanel(report: CompareReport, pen: Pen, width: number): Panel {
  const head = { title: comparedTitle(report), model: report.model, command: 'compare', details: [] };
  return headPanel(head, pen, width);
}

/** Cosine, shared tokens and likeness of the trees, each number in large type above its name. */
export function numbersPanel(report: CompareReport, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const height = unit * 2.5;
  const items: Item[] = [{ kind: 'box', x: 0, y: 0, width, height, radius: unit * 0.35, fill: theme.panel }];
  const columns = [
    [formatCosine(report.cosine), 'cosine of the vectors'],
    [sharedTokens(report), 'nearest tokens shared'],
    [formatProbability(report.trees.likeness), 'of the trees are alike'],
  ] as const;
  const padding = unit * 0.6;
  const pitch = (width - 2 * padding) / columns.length;
  columns.forEach(([number, name], index) => {
    const x = padding + index * pitch;
    items.push(words(number, { x, y: unit * 0.95, size: unit * 1.3, bold: true }, pen));
    items.push(words(name, { x, y: unit * 1.98, size: unit * 0.6, colour: theme.quiet }, pen));
  });
  return { width, height, items };
}

export function sentencePanel(report: CompareReport, { theme, ruler, unit }: Pen, width: number): Panel {
  const style = { size: Math.round(unit * 0.68), bold: false };
  const chunks = differenceSentence(report, false)
    .split(/(?= )/)
    .map((text) => [{ text, mark: false }]);
  const pitch = style.size * 1.35;
  const lines = wrap(chunks, style, ruler, width, 5);
  return {
    width,
    height: lines.length * pitch,
    items: lines.map((line, index) => lineItem(line, { x: 0, y: (index + 0.5) * pitch, ...style }, theme)),
  };
}
