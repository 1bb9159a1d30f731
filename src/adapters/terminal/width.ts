import stringWidth from 'string-width';

/** Columns of a terminal that does not say how many it has, and of what is no terminal. */
const OF_TERMINAL = 80;
const OF_PIPE = 100;
/** UTF-16 units looked at for each column: characters without a width could go on for ever. */
const UNITS_PER_COLUMN = 100;
const segmenter = new Intl.Segmenter();

/** Columns that text for a stream may take: what COLUMNS says, on a terminal never more than it has. */
export function columnsOf({ columns, isTTY }: { columns?: number | undefined; isTTY: boolean }): number {
  const text = process.env.COLUMNS?.trim() ?? '';
  const wanted = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return Math.min(wanted || columns || (isTTY ? OF_TERMINAL : OF_PIPE), columns || Number.POSITIVE_INFINITY);
}

/** As much of a line as fits so many columns; wide characters take two, and none is cut in half. */
export function fitted(line: string, columns: number): string {
  let width = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(line.slice(0, columns * UNITS_PER_COLUMN))) {
    width += stringWidth(segment);
    if (width > columns) break;
    end = index + segment.length;
  }
  return line.slice(0, end);
}
