import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { FeatureLabel, LabelOnTexts } from '../../report/evidence.js';
import { encodeTexts } from '../activation/activations.js';
import { wordsNear } from '../label/index.js';
import { isSameWord, type PlacedWord, wordAt } from '../label/words.js';

/** Share of its maximum from which on a firing counts as strong. */
const STRONG = 0.35;

/** A feature whose label is tried. */
export interface LabelledFeature {
  label: Pick<FeatureLabel, 'words'>;
  /** The word at most of its peaks, where half of them are of one word. */
  peakWord: string | undefined;
  /** Largest known activation. */
  maximum: number;
}

interface Counts {
  occurrences: number;
  active: number;
  firings: number;
  matching: number;
  /** Of the features with the same word, how often each is active where this one is silent. */
  instead: Map<number, number>;
}

/**
 * Tries labels on texts that they were not made from: is a feature active where its word stands, and does a word of its
 * label stand where it is strongly active? Of each text the strongest firing counts.
 *
 * @param texts token ids, BOS first
 * @param features by their number in the SAE
 * @param onShare awaited after every text with the share that is done; throwing stops the work
 */
export async function tryLabels(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  texts: readonly (readonly number[])[],
  features: ReadonlyMap<number, LabelledFeature>,
  onShare: (share: number) => Promise<void>,
): Promise<Map<number, LabelOnTexts>> {
  const counts = new Map(
    [...features.keys()].map((feature): [number, Counts] => [
      feature,
      { occurrences: 0, active: 0, firings: 0, matching: 0, instead: new Map() },
    ]),
  );
  const featuresOf = byPeakWord(features);
  for await (const { text, activations } of encodeTexts(model, source, texts, 'silent')) {
    const tokens = texts[text]!.slice(1).map((id) => model.tokenizer.text(id));
    const isActive = (feature: number, { first, end }: PlacedWord) => {
      for (let token = first; token < end; token++)
        if (activations[(token + 1) * source.features + feature]! > 0) return true; // BOS is row 0
      return false;
    };
    for (let at = 0; at < tokens.length; ) {
      const word = wordAt(tokens, at);
      at = word.end;
      const here = featuresOf(word.word);
      const active = here.filter((feature) => isActive(feature, word));
      for (const feature of here) {
        const count = counts.get(feature)!;
        count.occurrences++;
        if (active.includes(feature)) count.active++;
        else for (const other of active) count.instead.set(other, (count.instead.get(other) ?? 0) + 1);
      }
    }
    const near = new Map<number, string[]>();
    const wordsAbout = (token: number) => {
      let words = near.get(token);
      if (!words) {
        const { word, first, end } = wordAt(tokens, token);
        words = wordsNear({
          word,
          before: tokens.slice(0, first).join(''),
          after: tokens.slice(end).join(''),
        });
        near.set(token, words);
      }
      return words;
    };
    for (const [feature, token] of strongestTokens(activations, source.features, features)) {
      const count = counts.get(feature)!;
      const { words } = features.get(feature)!.label;
      count.firings++;
      if (words.some((word) => wordsAbout(token).some((other) => isSameWord(other, word.toLowerCase()))))
        count.matching++;
    }
    await onShare((text + 1) / texts.length);
  }
  return new Map(
    [...counts].map(([feature, count]) => [feature, summary(features.get(feature)!.peakWord, count)]),
  );
}

function summary(
  word: string | undefined,
  { occurrences, active, firings, matching, instead }: Counts,
): LabelOnTexts {
  const [most] = [...instead].sort((a, b) => b[1] - a[1]);
  return {
    ...(word !== undefined && { word, occurrences, active }),
    ...(most && { instead: { feature: most[0], active: most[1] } }),
    firings,
    matching,
  };
}

/** Which features fire on a word in most of their examples; forms of one word count together. */
function byPeakWord(features: ReadonlyMap<number, LabelledFeature>): (word: string) => number[] {
  const known = new Map<string, number[]>();
  const byWord = new Map<string, number[]>();
  for (const [feature, { peakWord }] of features) {
    if (peakWord === undefined) continue;
    byWord.set(peakWord, [...(byWord.get(peakWord) ?? []), feature]);
  }
  return (word) => {
    let found = known.get(word);
    if (!found) {
      found = [...byWord].flatMap(([other, those]) => (isSameWord(other, word) ? those : []));
      known.set(word, found);
    }
    return found;
  };
}

/** Of each feature that is strongly active in a text, its strongest token. */
function strongestTokens(
  activations: Float32Array,
  width: number,
  features: ReadonlyMap<number, LabelledFeature>,
): Map<number, number> {
  const tokens = new Map<number, number>();
  const most = new Map<number, number>();
  for (let i = width; i < activations.length; i++) {
    const activation = activations[i]!;
    if (activation <= 0) continue;
    const feature = i % width;
    const known = features.get(feature);
    if (!known || activation < STRONG * known.maximum || activation <= (most.get(feature) ?? 0)) continue;
    most.set(feature, activation);
    tokens.set(feature, Math.floor(i / width) - 1);
  }
  return tokens;
}
