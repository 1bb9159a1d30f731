/** Share of the words of two texts together that both have, from which on one is a variation of the other. */
const ALIKE = 0.6;

/**
 * Texts that say something else first, in their order, then variations of those before: a beam search finds "a long trip"
 * and "a long trip abroad", and a reader learns little from the second. The same text stands once.
 */
export function variationsLast<Said extends { text: string }>(said: readonly Said[]): Said[] {
  const distinct: { one: Said; words: Set<string> }[] = [];
  const variations: Said[] = [];
  const texts = new Set<string>();
  for (const one of said) {
    const text = one.text.toLowerCase();
    if (texts.has(text)) continue;
    texts.add(text);
    const words = new Set(text.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== ''));
    if (distinct.some((earlier) => likeness(earlier.words, words) >= ALIKE)) variations.push(one);
    else distinct.push({ one, words });
  }
  return [...distinct.map(({ one }) => one), ...variations];
}

/** Words that both have, as a share of the words of both together. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared / Math.max(1, one.size + other.size - shared);
}
