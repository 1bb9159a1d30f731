import stringWidth from 'string-width';
import { wantedColumns } from '../../configuration/environment.js';

/** Columns of a terminal that does not say how many it has, and of a stream that is no terminal. */
const OF_TERMINAL = 80;
const OF_PIPE = 100;
/** UTF-16 code units in a column, at most: an emoji of a family has 11. */
const MOST_UNITS = 16;
const segmenter = new Intl.Segmenter();

/** Columns that text for a stream may take: what COLUMNS says, on a terminal never more than it has. */
export function columnsOf({ columns, isTTY }: { columns?: number | undefined; isTTY: boolean }): number {
  return Math.min(
    wantedColumns() || columns || (isTTY ? OF_TERMINAL : OF_PIPE),
    columns || Number.POSITIVE_INFINITY,
  );
}

/** As much of a line as fits the columns; wide characters take two, and none is cut in half. */
export function fitted(line: string, columns: number): string {
  let width = 0;
  let end = 0;
  // Segmenting takes time with the square of the length where nothing has a width.
  for (const { segment, index } of segmenter.segment(line.slice(0, MOST_UNITS * columns))) {
    width += stringWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return line.slice(0, end);
}
