import type { FeatureSource } from '../../model/model.js';
import type { EvidenceExample, FeatureLabel } from '../../report/evidence.js';
import { cosine } from '../compare/index.js';
import { wordsNear } from '../label/index.js';
import { isSameWord, peakOf } from '../label/words.js';

/** Of the features with the same label, a feature is told from those nearest to it. */
const NEAREST = 3;
/** Least examples that have the word which tells it apart. */
const FEWEST = 2;
/** Features whose directions are in memory together. */
const AT_A_TIME = 256;

/** A feature with a label, and what that was made from. */
export interface FeatureWithLabel {
  label: FeatureLabel;
  examples: readonly EvidenceExample[];
}

/**
 * For each feature whose label's first word is that of others, too: how many these are, and a word where it fires and the
 * nearest of them, by the cosine of their decoder vectors, do not.
 *
 * @param rarity how much a word tells, more for one that stands at fewer features
 */
export async function tellApart(
  source: Pick<FeatureSource, 'features' | 'inputSize' | 'vectors'>,
  features: ReadonlyMap<number, FeatureWithLabel>,
  rarity: (word: string) => number,
): Promise<Map<number, Pick<FeatureLabel, 'same' | 'apart'>>> {
  const groups = new Map<string, number[]>();
  for (const [feature, { label }] of features) {
    const word = label.shared > 0 ? label.words[0]?.toLowerCase() : undefined;
    if (word !== undefined) groups.set(word, [...(groups.get(word) ?? []), feature]);
  }
  const several = [...groups.values()].filter(({ length }) => length > 1);
  const directions = await decoders(source, new Set(several.flat()));
  const words = (feature: number) =>
    features.get(feature)!.examples.map((example) => new Set(wordsNear(peakOf(example))));
  const apart = new Map<number, Pick<FeatureLabel, 'same' | 'apart'>>();
  for (const group of several) {
    for (const feature of group) {
      const direction = directions.get(feature)!;
      const nearest = group
        .filter((other) => other !== feature)
        .map((other) => ({ other, similarity: cosine(direction, directions.get(other)!) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, NEAREST);
      const theirs = new Set(nearest.flatMap(({ other }) => words(other).flatMap((each) => [...each])));
      const word = wordApart(words(feature), [...theirs], rarity);
      apart.set(feature, { same: group.length - 1, ...(word !== undefined && { apart: word }) });
    }
  }
  return apart;
}

/** The word that most examples share, rare ones first, and that is none of some others. */
function wordApart(
  examples: readonly ReadonlySet<string>[],
  others: readonly string[],
  rarity: (word: string) => number,
): string | undefined {
  const counts = new Map<string, number>();
  for (const words of examples) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const [best] = [...counts]
    .filter(([word, count]) => count >= FEWEST && /\p{L}/u.test(word))
    .sort((a, b) => b[1] * rarity(b[0]) - a[1] * rarity(a[0]))
    .filter(([word]) => !others.some((other) => isSameWord(word, other)));
  return best?.[0];
}

/** The decoder vectors of some features. */
async function decoders(
  source: Pick<FeatureSource, 'features' | 'inputSize' | 'vectors'>,
  wanted: ReadonlySet<number>,
): Promise<Map<number, Float32Array>> {
  const vectors = new Map<number, Float32Array>();
  for (let first = 0; first < source.features; first += AT_A_TIME) {
    const count = Math.min(AT_A_TIME, source.features - first);
    const block = await source.vectors(first, count, 'decoder');
    for (let row = 0; row < count; row++)
      if (wanted.has(first + row))
        vectors.set(first + row, block.slice(row * source.inputSize, (row + 1) * source.inputSize));
  }
  return vectors;
}
