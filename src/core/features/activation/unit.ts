import type { FeatureSource, PromptTokens, RunningModel } from '../../model/model.js';
import type { LanguageModel } from '../../model/ports.js';
import type { HoldUnit } from '../../report/feature.js';
import { leadingDefinitions } from '../tree/leadingDefinitions.js';
import { encodeTexts, readableText } from './activations.js';
import { PARITY_PASSAGES } from './parityText.js';

/** Definitions of the feature that are read back. */
const BEAM = { width: 5, longest: 16 } as const;

/**
 * The activation that a strength of 1 stands for: the largest in the corpus where that ships with the model; else the
 * largest on the parity check's passages and on the feature's own leading definitions, read as plain text; and where
 * the feature is silent there, too, the median over the SAE's features of their largest activation on the passages.
 *
 * @param ghost the feature's ghost token; no feature is held while it is read
 * @param speaker the model that puts it in its place
 * @param onStep awaited after every batch with the share of the work that is done; throwing stops it
 */
export async function activationUnit(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  { prompt, ghost, speaker }: { prompt: PromptTokens; ghost: Float32Array; speaker: LanguageModel },
  onStep: (share: number) => Promise<void>,
): Promise<{ unit: number; from: HoldUnit }> {
  const maximum = await source.knownMaximum(feature);
  if (maximum) return { unit: maximum, from: 'corpus' };
  const { definitions } = await leadingDefinitions(speaker, model.tokenizer, prompt, [ghost], BEAM, (share) =>
    onStep(share / 2),
  );
  const texts = [...PARITY_PASSAGES, ...definitions[0]!.map(({ text }) => text)];
  const ids = texts.map((text) => readableText(model, text));
  const largest = new Float32Array(source.features);
  let strongest = 0;
  for await (const { text, activations } of encodeTexts(model, source, ids)) {
    // BOS, the first position, is of another size.
    for (let i = source.features; i < activations.length; i++) {
      const current = i % source.features;
      if (current === feature) strongest = Math.max(strongest, activations[i]!);
      if (text < PARITY_PASSAGES.length) largest[current] = Math.max(largest[current]!, activations[i]!);
    }
    await onStep(0.5 + text / texts.length / 2);
  }
  if (strongest > 0) return { unit: strongest, from: 'texts' };
  const active = largest.filter((activation) => activation > 0).sort();
  return { unit: active[active.length >> 1] ?? 1, from: 'typical' };
}
