/** The head of the picture: what kind of feature, of what, and the moments with their percentiles. */
import type { KindReport, Measure } from '../../src/core/report/kind.js';
import { readable } from '../alt.js';
import { LIMITS } from '../limits.js';
import type { Item, Panel } from '../scene.js';
import { measureLine, shortened, wrap } from '../text/typeset.js';
import { visiblePieces } from '../text/visibleToken.js';
import { lineItem, type Pen, words } from './parts.js';
import { CLASS_NAMES, formatMoment, formatPercentile } from './words.js';

const DETAIL_SIZE = 19;

export function titlePanel(report: KindReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const { model, sae } = report;
  const style = { size: Math.round(unit * 0.9), bold: true };
  const [line] = wrap(
    [
      [{ text: `layer ${sae.layer} · feature ${sae.feature}`, mark: false }],
      [{ text: `  ${readable(model.id)}`, mark: true }],
    ],
    style,
    ruler,
    width,
    1,
  );
  const colour = report.class === 'none' ? theme.quiet : theme.accent;
  const details = `${readable(sae.hook)}   ${readable(sae.release)}   ${readable(model.dtype)}`;
  return {
    width,
    height: unit * 2.9,
    items: [
      ...(line ? [lineItem(line, { x: 0, y: unit * 0.6, ...style }, theme)] : []),
      words(CLASS_NAMES[report.class], { x: 0, y: unit * 1.75, size: unit * 0.9, bold: true, colour }, pen),
      words(details, { x: 0, y: unit * 2.55, size: DETAIL_SIZE, colour: theme.quiet, width }, pen),
    ],
  };
}

/** A column for each moment, and one for the nearest token. */
export function momentsPanel(report: KindReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const { moments, nearestToken } = report;
  const height = unit * 3.5;
  const items: Item[] = [{ kind: 'box', x: 0, y: 0, width, height, radius: unit * 0.35, fill: theme.panel }];
  const columns: [name: string, measure: Measure][] = [
    ['skewness', moments.skewness],
    ['kurtosis', moments.kurtosis],
    ['deviation', moments.standardDeviation],
    ['mean', moments.mean],
    ['nearest token', nearestToken.cosine],
  ];
  const padding = unit * 0.5;
  const pitch = (width - 2 * padding) / (columns.length + 0.4);
  columns.forEach(([name, { value, percentile }], index) => {
    const x = padding + index * pitch;
    items.push(words(name, { x, y: unit * 0.8, size: unit * 0.66, bold: true, colour: theme.quiet }, pen));
    const number = words(formatMoment(value), { x, y: unit * 1.75, size: unit, bold: true }, pen);
    items.push(number);
    items.push(
      words(formatPercentile(percentile), { x, y: unit * 2.75, size: unit * 0.6, colour: theme.accent }, pen),
    );
    if (index < columns.length - 1 || number.kind !== 'text') return;
    // The token stands beside its cosine.
    const style = { size: Math.round(unit * 0.82), bold: false };
    const [...characters] = nearestToken.token;
    const pieces = visiblePieces(characters.slice(0, LIMITS.tokenLength).join(''));
    const room = width - padding - x - number.line.width - unit * 0.5;
    const line = shortened(measureLine(pieces, style, ruler), style, ruler, room);
    items.push(lineItem(line, { x: x + number.line.width + unit * 0.5, y: unit * 1.75, ...style }, theme));
  });
  return { width, height, items };
}
