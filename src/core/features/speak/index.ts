import type { FeatureSource, PromptTokens, RunningModel } from '../../model/model.js';
import type { SpokenDefinition } from '../../report/feature.js';
import type { GhostSetting } from '../../report/parameters.js';
import type { LeadingDefinition } from '../../report/sweep.js';
import { largestActivations } from '../activation/readBack.js';
import { type GhostOptions, makeGhost } from '../ghost/ghost.js';
import { type Place, speakingAt } from '../ghost/place.js';
import { leadingDefinitions } from '../tree/leadingDefinitions.js';
import { variationsLast } from './variations.js';

/** What is said at one setting is searched so far. */
export const BEAM = { width: 6, longest: 14 } as const;

/** A definition by itself, and one in a sentence that says nothing else. */
export const FORMS = [(text: string) => text, (text: string) => `It means ${text}.`] as const;

/** A setting whose place is known. */
export interface PlacedSetting extends GhostSetting {
  place: Place;
}

/**
 * What a model says of a vector at several settings, ranked by how active the feature is on it when it is read as plain
 * text: a vector alone can be made to say anything, and what activates the feature is what holds.
 *
 * @param vector the feature's encoder or decoder vector, or another direction that it speaks by [hiddenSize]
 * @param settings at least one
 * @param onStep awaited after every batch with the share that is done; throwing stops the work
 * @returns what activates the feature most first, each text once
 */
export async function speak(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  vector: Float32Array,
  { prompt, ...options }: { prompt: PromptTokens } & Omit<GhostOptions, 'scale'>,
  settings: readonly PlacedSetting[],
  onStep: (share: number) => Promise<void> = async () => {},
): Promise<SpokenDefinition[]> {
  const found: Omit<SpokenDefinition, 'activation'>[] = [];
  const groups = byBlock(settings);
  for (const [index, group] of groups.entries()) {
    const ghosts = group.map(({ place, scale }) => ({ vector, place, scale }));
    const definitions = await saidTogether(model, prompt, ghosts, options, (share) =>
      onStep(((index + share) / groups.length) * 0.7),
    );
    for (const [i, { at, scale }] of group.entries())
      found.push(...definitions[i]!.map((definition) => ({ ...definition, at, scale })));
  }
  return ranked(model, source, feature, found);
}

/** A vector that is put at a place, at a scale that counts there. */
export interface PlacedVector {
  /** [hiddenSize] */
  vector: Float32Array;
  place: Place;
  scale: number;
}

/**
 * What a model says of several ghosts that share batches.
 *
 * @param placed at least one; all after the same block, or all at the input
 * @param onStep awaited after every batch with the share that is done; throwing stops the work
 * @returns of each, most probable first
 */
export async function saidTogether(
  { language, tokenizer }: Pick<RunningModel, 'language' | 'tokenizer'>,
  prompt: PromptTokens,
  placed: readonly PlacedVector[],
  options: Omit<GhostOptions, 'scale'>,
  onStep?: (share: number) => Promise<void>,
): Promise<LeadingDefinition[][]> {
  const ghosts: Float32Array[] = [];
  for (const { vector, place, scale } of placed)
    ghosts.push((await makeGhost(vector, place, { ...options, scale })).ghost);
  const speaker = speakingAt(language, placed[0]!.place);
  return (await leadingDefinitions(speaker, tokenizer, prompt, ghosts, BEAM, onStep)).definitions;
}

/** Ghosts that stand after the same block share their batches. */
function byBlock(settings: readonly PlacedSetting[]): PlacedSetting[][] {
  const groups = new Map<number | undefined, PlacedSetting[]>();
  for (const setting of settings) {
    const block = setting.place.after?.block;
    groups.set(block, [...(groups.get(block) ?? []), setting]);
  }
  return [...groups.values()];
}

/**
 * How active a feature is on texts that are read alone and in a neutral sentence, whichever is more.
 *
 * @param texts each once
 * @returns in the SAE's units, by text
 */
export async function readBackTexts(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  feature: number,
  texts: readonly string[],
): Promise<Map<string, number>> {
  const forms = FORMS.flatMap((form) => texts.map(form));
  const activations = await largestActivations(model, source, feature, forms);
  const ofText = (i: number) => FORMS.map((_, form) => activations[form * texts.length + i]!);
  return new Map(texts.map((text, i) => [text, Math.max(...ofText(i))]));
}

async function ranked(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  found: readonly Omit<SpokenDefinition, 'activation'>[],
): Promise<SpokenDefinition[]> {
  const definitions = found.filter(({ text }) => text !== '');
  const largest = await readBackTexts(model, source, feature, [
    ...new Set(definitions.map(({ text }) => text)),
  ]);
  const maximum = await source.knownMaximum(feature);
  const sorted = definitions
    .map((definition) => {
      const activation = largest.get(definition.text)!;
      return { ...definition, activation, ...(maximum && { readBack: activation / maximum }) };
    })
    // Among those that are equal, silent ones above all, the better settings come first.
    .sort((a, b) => b.activation - a.activation);
  return variationsLast(sorted);
}
