import type { Calibration, FeatureSource, RunningModel } from '../../model/model.js';
import { tokenizePrompt } from '../../model/prompt.js';
import type { SpokenDefinition } from '../../report/feature.js';
import type { GhostSetting } from '../../report/parameters.js';
import { placeOf } from '../ghost/place.js';
import { type PlacedVector, readBackTexts, saidTogether } from '../speak/index.js';
import { type CalibrationFeature, heldOutWords } from './features.js';
import { calibrationGrid } from './grid.js';
import { wordScores } from './judge.js';
import { judgeLists, type ListsTruth } from './lists.js';
import {
  type JudgedFeature,
  mean,
  orderForSilent,
  readBackAt,
  sameSetting,
  selectSettings,
  sharesAt,
  truthThreshold,
} from './select.js';

/** What was measured, for people. */
export interface CalibrationReport extends Calibration {
  lists: ListsTruth;
  features: number;
  /** Of each setting that was tried: the mean share of features that are beaten by what is said there alone. */
  tried: (GhostSetting & { share: number; readsBack: number })[];
  /** The same of the chosen settings together, and of the features above and below the threshold. */
  pooled: { share: number; above?: number | undefined; below?: number | undefined; readsBack: number };
}

/** Features whose ghosts share batches. */
const TOGETHER = 24;
/** Of each setting, how many of the definitions that activate the feature most are judged. */
const JUDGED = 3;
/** Where no share of the maximum tells what is true, the report counts what is as active as anything known. */
const ALL = 1;
const PARTLY = 0.1;

/**
 * Finds at which places and scales the features of a hook point speak truly, by a judge that needs no other model: after
 * `"<what is said>" is the definition of the word`, the words at which a feature fires must be more probable than those at
 * which other features fire, each counted from its mean over all that is said.
 *
 * @param features with examples, 24 or more for figures that hold
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 * @param tried settings; default: those that spoke in some model
 */
export async function calibrate(
  model: RunningModel,
  source: FeatureSource,
  features: readonly CalibrationFeature[],
  { prompt, close, weights }: { prompt: string; close: boolean; weights: 'encoder' | 'decoder' },
  onShare: (share: number) => Promise<void>,
  tried?: readonly GhostSetting[],
): Promise<CalibrationReport> {
  const grid = tried ?? calibrationGrid(model.blocks, (await model.learnedGhost(source.hook)) !== undefined);
  const asked = tokenizePrompt(prompt, model.tokenizer, close);
  const spoken: SpokenDefinition[][] = features.map(() => []);
  const groups = Math.ceil(features.length / TOGETHER);
  for (let group = 0; group < groups; group++) {
    const first = group * TOGETHER;
    const some = features.slice(first, first + TOGETHER);
    for (const [number, { at, scale }] of grid.entries()) {
      const place = await placeOf(model, source, at);
      const placed: PlacedVector[] = [];
      for (const { feature } of some)
        placed.push({ vector: await source.vector(feature, weights), place, scale });
      const definitions = await saidTogether(model, asked, placed, { centroid: true, pca: 0 });
      for (const [i, ofFeature] of definitions.entries())
        for (const definition of ofFeature)
          if (definition.text) spoken[first + i]!.push({ ...definition, at, scale, activation: 0 });
      await onShare((0.7 * (group + (0.7 * (number + 1)) / grid.length)) / groups);
    }
    for (const [i, { feature, maximum }] of some.entries()) {
      const definitions = spoken[first + i]!;
      const texts = [...new Set(definitions.map(({ text }) => text))];
      const activations = await readBackTexts(model, source, feature, texts);
      for (const definition of definitions) {
        definition.activation = activations.get(definition.text)!;
        definition.readBack = definition.activation / maximum;
      }
      definitions.sort((a, b) => b.activation - a.activation);
      await onShare((0.7 * (group + 0.7 + (0.3 * (i + 1)) / some.length)) / groups);
    }
  }
  const judged = await judgedFeatures(model, features, spoken, grid, (share) => onShare(0.7 + 0.27 * share));
  const lists = await judgeLists(model, source, features, weights, (share) => onShare(0.97 + 0.03 * share));
  return { ...reportOf(judged, grid), lists };
}

/** What may come to be said at some of the settings, with its scores. */
async function judgedFeatures(
  model: RunningModel,
  features: readonly CalibrationFeature[],
  spoken: readonly (readonly SpokenDefinition[])[],
  grid: readonly GhostSetting[],
  onShare: (share: number) => Promise<void>,
): Promise<JudgedFeature[]> {
  const lists = features.map(({ examples }) => heldOutWords(examples));
  const kept = spoken.map((definitions) =>
    grid
      .flatMap((setting) => definitions.filter((each) => sameSetting(each, setting)).slice(0, JUDGED))
      .sort((a, b) => b.activation - a.activation),
  );
  const texts = [...new Set(kept.flatMap((definitions) => definitions.map(({ text }) => text)))];
  const scores = await wordScores(model, texts, lists, onShare);
  const byText = new Map(texts.map((text, i) => [text, scores[i]!]));
  return kept.map((definitions) => ({
    definitions: definitions.map((definition) => ({ ...definition, scores: byText.get(definition.text)! })),
  }));
}

function reportOf(
  judged: readonly JudgedFeature[],
  grid: readonly GhostSetting[],
): Omit<CalibrationReport, 'lists'> {
  const selected = selectSettings(judged, grid);
  const active = readBackAt(judged, selected);
  const settings = orderForSilent(
    judged,
    selected,
    active.map((readBack) => readBack < PARTLY),
  );
  const shares = sharesAt(judged, settings);
  const readBacks = active;
  const threshold = truthThreshold(readBacks, shares);
  const readsBack = threshold ?? ALL;
  const part = (isIn: (readBack: number) => boolean) => shares.filter((_, i) => isIn(readBacks[i]!));
  return {
    settings,
    ...(threshold !== undefined && { readsBack }),
    partly: Math.min(PARTLY, readsBack / 2),
    features: judged.length,
    tried: grid.map((setting) => ({
      ...setting,
      share: mean(sharesAt(judged, [setting])),
      readsBack: shareAbove(readBackAt(judged, [setting]), readsBack),
    })),
    pooled: {
      share: mean(shares),
      ...(threshold && { above: mean(part((readBack) => readBack >= readsBack)) }),
      ...(threshold && { below: mean(part((readBack) => readBack < readsBack)) }),
      readsBack: shareAbove(readBacks, readsBack),
    },
  };
}

/** Share of the values that reach a threshold. */
function shareAbove(values: readonly number[], threshold: number): number {
  return values.filter((value) => value >= threshold).length / Math.max(1, values.length);
}
