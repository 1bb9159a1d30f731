/**
 * Where a row stands in a file that holds the rows of each head as pairs: 0, n / 2, 1, n / 2 + 1, ... for heads of n.
 */
export function storedRow(row: number, headSize: number): number {
  const inHead = row % headSize;
  const half = headSize / 2;
  return row - inHead + 2 * (inHead % half) + Math.floor(inHead / half);
}
