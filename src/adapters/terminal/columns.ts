import stringWidth from 'string-width';

const GAP = 3;

/**
 * Sets cells in columns of equal width, read downwards, as many as fit.
 *
 * @param width columns of the terminal
 */
export function inColumns(cells: readonly string[], width: number): string {
  const cellWidth = Math.max(...cells.map((cell) => stringWidth(cell))) + GAP;
  const columns = Math.max(1, Math.floor((width + GAP) / cellWidth));
  const rows = Math.ceil(cells.length / columns);
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    const line = cells.filter((_, index) => index % rows === row);
    lines.push(
      line
        .map((cell) => cell + ' '.repeat(cellWidth - stringWidth(cell)))
        .join('')
        .trimEnd(),
    );
  }
  return lines.join('\n');
}
