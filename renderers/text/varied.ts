/** Which of many definitions are shown: variations of one give way to others. Pure. */

/**
 * The first texts of a ranked list, without those that begin as an earlier one or are the beginning of it; these come
 * at the end where there is room left.
 */
export function varied<Entry extends { text: string }>(ranked: readonly Entry[], count: number): Entry[] {
  const chosen: Entry[] = [];
  const waiting: Entry[] = [];
  for (const entry of ranked) {
    const text = entry.text.toLowerCase();
    const isVariation = chosen.some((earlier) => {
      const other = earlier.text.toLowerCase();
      return text.startsWith(other) || other.startsWith(text);
    });
    (isVariation ? waiting : chosen).push(entry);
  }
  const shown = [...chosen.slice(0, count), ...waiting.slice(0, Math.max(0, count - chosen.length))];
  return ranked.filter((entry) => shown.includes(entry));
}
