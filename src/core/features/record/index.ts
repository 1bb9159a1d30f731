import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { EvidenceExample, FeatureLabel } from '../../report/evidence.js';
import { labelOf, peakWordOf, rarity, type WordFrequencies } from '../label/index.js';
import { type LabelledFeature, tryLabels } from './heldOut.js';
import { meaningsOf } from './meanings.js';
import { type FeatureWithLabel, tellApart } from './same.js';

/** What a record is made from, for each feature. */
export interface KnownFeature {
  feature: number;
  /** Largest known activation. */
  max: number;
  /** Best first. */
  examples: readonly EvidenceExample[];
}

/** What is known of one feature of an SAE. */
export interface FeatureRecord {
  feature: number;
  label: FeatureLabel;
}

/** Of the work, the share that looking for two meanings takes on the embedded model; the rest reads the texts. */
const MEANINGS = 0.3;

/**
 * The record of every feature of an SAE that has a label: its words, two meanings where there are such, what tells it
 * from features with the same label, and how far it holds on texts that it was not made from.
 *
 * @param examples how many of a feature's examples make its label
 * @param texts token ids, BOS first, among which no example is
 * @param onShare awaited with the share that is done; throwing stops the work
 */
export async function recordFeatures(
  model: RunningModel,
  source: FeatureSource,
  known: readonly KnownFeature[],
  frequencies: WordFrequencies,
  { examples, texts }: { examples: number; texts: readonly (readonly number[])[] },
  onShare: (share: number) => Promise<void>,
): Promise<FeatureRecord[]> {
  const labelled = new Map<number, FeatureWithLabel>();
  const tried = new Map<number, LabelledFeature>();
  const records: FeatureRecord[] = [];
  for (const [i, { feature, max, examples: all }] of known.entries()) {
    const some = all.slice(0, examples);
    const label = labelOf(some, frequencies);
    if (!label) continue;
    const meanings = await meaningsOf(model, source, feature, some, frequencies);
    records.push({ feature, label: { ...label, ...(meanings && { meanings }) } });
    labelled.set(feature, { label, examples: some });
    const peakWord = peakWordOf(some);
    const isMost = peakWord !== undefined && 2 * peakWord.examples >= some.length;
    if (label.shared > 0)
      tried.set(feature, { label, peakWord: isMost ? peakWord.word : undefined, maximum: max });
    await onShare((MEANINGS * (i + 1)) / known.length);
  }
  const apart = await tellApart(source, labelled, (word) => rarity(word, frequencies));
  const heldOut = await tryLabels(model, source, texts, tried, (share) =>
    onShare(MEANINGS + share * (1 - MEANINGS)),
  );
  return records.map(({ feature, label }) => {
    const onTexts = heldOut.get(feature);
    return { feature, label: { ...label, ...apart.get(feature), ...(onTexts && { heldOut: onTexts }) } };
  });
}
