import type { FeatureSource, Firing, Firings, RunningModel } from '../../model/model.js';
import { encodeTexts } from './activations.js';

/** Most different tokens that are remembered of one feature. */
export const REMEMBERED = 64;

/** Memory that the arrays of `Firings` take. */
export function firingsBytes(features: number): number {
  const numbers = 3;
  return numbers * Int32Array.BYTES_PER_ELEMENT * features * REMEMBERED;
}

/**
 * Reads texts with all features of an SAE at once and remembers where each fires. BOS does not count.
 *
 * @param outOfTime asked after every text; where true the others are not read
 * @param onShare awaited after every text with the share that is done; throwing stops the work
 */
export async function collectFirings(
  model: Pick<RunningModel, 'language'>,
  source: FeatureSource,
  texts: readonly (readonly number[])[],
  outOfTime: () => boolean,
  onShare: (share: number) => void | Promise<void>,
): Promise<Firings> {
  const { features } = source;
  let read = 0;
  const placesOfFeatures = Array.from({ length: features }, () => new Map<number, Place>());
  for await (const { text, activations } of encodeTexts(model, source, texts)) {
    const ids = texts[text]!;
    for (let position = 1; position < ids.length; position++) {
      const start = position * features;
      for (let feature = 0; feature < features; feature++) {
        const activation = activations[start + feature]!;
        if (activation > 0) note(placesOfFeatures[feature]!, ids[position]!, { text, position, activation });
      }
    }
    await onShare((text + 1) / texts.length);
    read = text + 1;
    if (outOfTime()) break;
  }
  const length = features * REMEMBERED;
  const firings = {
    texts: texts.slice(0, read),
    text: new Int32Array(length),
    position: new Int32Array(length),
    activation: new Float32Array(length),
  };
  placesOfFeatures.forEach((places, feature) => {
    strongest(places).forEach((place, i) => {
      const at = feature * REMEMBERED + i;
      firings.text[at] = place.text;
      firings.position[at] = place.position;
      firings.activation[at] = place.activation;
    });
  });
  return firings;
}

/** The firings of one feature, strongest first. */
export function firingsOf({ texts, text, position, activation }: Firings, feature: number): Firing[] {
  const firings: Firing[] = [];
  for (let at = feature * REMEMBERED; at < (feature + 1) * REMEMBERED && activation[at]! > 0; at++) {
    firings.push({
      context: texts[text[at]!]!.slice(0, position[at]! + 1),
      activation: activation[at]!,
    });
  }
  return firings;
}

interface Place {
  text: number;
  position: number;
  activation: number;
}

/** Keeps the strongest place of a token; now and then the weakest tokens are forgotten. */
function note(places: Map<number, Place>, token: number, place: Place): void {
  if (place.activation <= (places.get(token)?.activation ?? 0)) return;
  places.set(token, place);
  if (places.size < 4 * REMEMBERED) return;
  const remembered = new Set(strongest(places));
  for (const [other, otherPlace] of places) if (!remembered.has(otherPlace)) places.delete(other);
}

function strongest(places: Map<number, Place>): Place[] {
  return [...places.values()].sort((a, b) => b.activation - a.activation).slice(0, REMEMBERED);
}
