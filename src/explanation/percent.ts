/** Two digits: `31%`, `0.35%`. */
export function percent(share = 0): string {
  return `${Number((share * 100).toPrecision(2))}%`;
}
