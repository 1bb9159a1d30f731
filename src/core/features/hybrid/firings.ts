import type { FeatureSource, Firing, Firings, PromptTokens, RunningModel } from '../../model/model.js';
import { firingsOf } from '../activation/firings.js';
import { extremeTokens } from '../list/lens.js';
import { carriersOf, readDefinitions } from './carriers.js';
import { activationsInSlots } from './slots.js';

/** Bounds of the work on one list: some 200 candidates in some 20 carriers. */
export const BOUNDS = {
  /** Candidates from the nearest tokens, and from those that the feature promotes through the logit lens. */
  near: 48,
  promoted: 32,
  /** Carriers from texts in which the feature fires. */
  carriers: 12,
} as const;

/** What is looked at to rank tokens by what they do. */
export interface HybridQuestion {
  ghost: Float32Array;
  prompt: PromptTokens;
  /** The tokens nearest to the ghost, nearest first, at least one. */
  near: readonly number[];
  /** Where the feature fires in the model's own texts. */
  firings: Firings;
  /** Further texts to look for the feature in: known examples. */
  contexts: readonly string[];
}

/** A firing of a token that stands in a text by itself, or was put into a carrier. */
export interface HybridFiring extends Firing {
  written: boolean;
}

/**
 * Runs candidates through the model: the nearest tokens, those that the feature promotes, those of the leading
 * definitions, and those on which it fires in the model's own texts. They are read where they stand, and put into
 * carriers.
 *
 * @param outOfTime asked after every batch; where true the carriers left are not tried
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 * @returns every firing found, and how much was tried
 */
export async function hybridFirings(
  model: Pick<RunningModel, 'language' | 'tokenizer' | 'lens'>,
  source: FeatureSource,
  feature: number,
  { near, firings: textFirings, contexts, ...question }: HybridQuestion,
  outOfTime: () => boolean,
  onShare: (share: number) => void | Promise<void>,
): Promise<{ firings: HybridFiring[]; candidates: number; carriers: number; complete: boolean }> {
  const place = { ...question, stand: near[0]! };
  const definitions = await readDefinitions(model, source, feature, place, contexts);
  const written = [...firingsOf(textFirings, feature), ...definitions.firings].sort(
    (a, b) => b.activation - a.activation,
  );
  const lens = await model.lens.logits(await source.vector(feature, 'decoder'));
  const candidates = [
    ...new Set([
      ...near.slice(0, BOUNDS.near),
      ...extremeTokens(lens, BOUNDS.promoted).promoted,
      ...definitions.definitionTokens,
      ...written.map(({ context }) => context.at(-1)!),
    ]),
  ];
  const carriers = carriersOf(model, written, place, BOUNDS.carriers);
  const slots = carriers.map((before) => ({ before, candidates }));
  let tried = 0;
  const activations = await activationsInSlots(model, source, feature, slots, outOfTime, (share) => {
    tried = share;
    return onShare(share);
  });
  const firings = written.map((firing) => ({ ...firing, written: true }));
  carriers.forEach((before, carrier) => {
    candidates.forEach((token, i) => {
      const activation = activations[carrier]![i]!;
      if (activation > 0) firings.push({ context: [...before, token], activation, written: false });
    });
  });
  return { firings, candidates: candidates.length, carriers: carriers.length, complete: tried === 1 };
}
