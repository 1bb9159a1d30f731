/**
 * `npm run truth COLLECTED.ndjson grid|calibrated FEATURES SEED ... [HOOK ...] [SELECTIONS.json]`: what the embedded model,
 * or the default one of GHOSTTREE_CONFIG, says of the first features of the selections of these seeds, at many settings or at
 * those that were calibrated, with what activates them; a line for each feature. It goes on where it was stopped. `answers.ts` makes of it what the judges read.
 *
 * No leaks: the label and what the model holds at firing places are made from the first, third, ... example, and the
 * judges see the others.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { largestActivations } from '../../src/core/features/activation/readBack.js';
import { firingVector } from '../../src/core/features/activation/vectorOf.js';
import { makeGhost } from '../../src/core/features/ghost/ghost.js';
import { inputPlace, type Place, placeOf } from '../../src/core/features/ghost/place.js';
import { labelOf } from '../../src/core/features/label/index.js';
import { listTokens } from '../../src/core/features/list/near.js';
import {
  FORMS,
  type PlacedSetting,
  type PlacedVector,
  saidTogether,
  speak,
} from '../../src/core/features/speak/index.js';
import { firingSetting } from '../../src/core/features/speak/settings.js';
import { ShippedFeatures } from '../../src/core/files.js';
import type { WordFrequencies } from '../../src/core/judging.js';
import type { FeatureSource, PromptTokens, RunningModel } from '../../src/core/model/model.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import type { GhostSetting } from '../../src/core/report/parameters.js';
import { openEmbeddedModel } from '../evaluatedModel.js';
import type { FeatureSnippets } from '../measures/snippets.js';
import { readSnippets } from '../measures/snippets.js';
import { firingOf } from './firing.js';

export interface Selection {
  hook: string;
  seed: number;
  features: number[];
}

/** One definition of a vector at a setting. */
export interface Pooled extends GhostSetting {
  weights: 'encoder' | 'decoder' | 'firing';
  text: string;
  probability: number;
  /** The feature's largest activation on it, as a share of its maximum: alone, and in a sentence. */
  alone: number;
  sentence: number;
}

/** What is known and said of one feature. */
export interface Collected {
  hook: string;
  seed: number;
  feature: number;
  density: number;
  maximum: number;
  /** Where it fires, strongest first. */
  firing: { word: string; text: string }[];
  pool: Pooled[];
  /** At the calibrated settings only: what else is shown of a feature, from every other example. */
  shown?: {
    label: string[];
    firing: Pooled[];
    /** Tokens, best first. */
    near: Record<'encoder' | 'decoder', string[]>;
    promoted: string[];
  };
}

/** Features whose ghosts share batches. */
const TOGETHER = 24;
/** A token list, as an answer has it. */
const LIST = { m: 1.4, tokens: 10 };

/** Places and scales of the tuning grid. */
function gridOf(block: number): GhostSetting[] {
  const settings: GhostSetting[] = [{ at: 'input', scale: 10 }];
  for (const at of [0, 2, 4, 6, 10].filter((each) => each <= block && each >= block - 10))
    for (const scale of [1, 1.6, 2.5]) settings.push({ at, scale });
  return settings;
}

const [file, kind, most, ...asked] = process.argv.slice(2);
if (!file || !kind || !most) throw new Error('Give a file, grid or default, how many features, and seeds.');
const done = new Set(
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => {
          const { hook, seed, feature } = JSON.parse(line) as Collected;
          return `${hook} ${seed} ${feature}`;
        })
    : [],
);
const hooks = asked.filter((word) => word.startsWith('blocks.'));
const drawn = asked.find((word) => word.endsWith('.json')) ?? 'eval/truth/selections.json';
const selections = (JSON.parse(readFileSync(drawn, 'utf8')) as Selection[]).filter(
  ({ seed, hook }) => asked.includes(String(seed)) && (hooks.length === 0 || hooks.includes(hook)),
);
const { model, source, defaults } = await openEmbeddedModel();
const prompt = tokenizePrompt(defaults.prompt, model.tokenizer, defaults.close);
const snippets = readSnippets(source.folder);
const shippedWords = (await ShippedFeatures.read(source.folder))!;
for (const { hook, seed, features } of selections) {
  const layer = Number(Object.keys(source.saes).find((each) => source.saes[Number(each)]!.hook === hook));
  const sae = await model.features(layer);
  const frequencies = await shippedWords.wordFrequencies(hook);
  const settings = kind === 'grid' ? gridOf(layer) : [...((await model.calibration(hook))?.settings ?? [])];
  if (settings.length === 0) {
    process.stderr.write(`${hook} is not calibrated: left out\n`);
    continue;
  }
  const places = new Map<unknown, Place>();
  for (const { at } of settings) places.set(at, await placeOf(model, sae, at));
  const waiting = features
    .slice(0, Number(most))
    .filter((feature) => !done.has(`${hook} ${seed} ${feature}`));
  for (let first = 0; first < waiting.length; first += TOGETHER) {
    const some = waiting.slice(first, first + TOGETHER);
    const pools = some.map((): Omit<Pooled, 'alone' | 'sentence'>[] => []);
    for (const weights of ['decoder', 'encoder'] as const) {
      // Of the encoder one setting is looked at, beside the same one of the decoder.
      const tried =
        weights === 'decoder' ? settings : settings.filter(({ at, scale }) => at === 2 && scale === 1.6);
      for (const { at, scale } of tried) {
        const place = places.get(at)!;
        const placed: PlacedVector[] = [];
        for (const feature of some) placed.push({ vector: await sae.vector(feature, weights), place, scale });
        const definitions = await saidTogether(model, prompt, placed, { centroid: true, pca: 0 });
        for (const [i, said] of definitions.entries())
          pools[i]!.push(...said.map(({ text, probability }) => ({ weights, at, scale, text, probability })));
      }
    }
    for (const [i, feature] of some.entries()) {
      const known = snippets.get(hook)![feature]!;
      const pool = pools[i]!.filter(({ text }) => text !== '');
      const texts = [...new Set(pool.map(({ text }) => text))];
      const shares = await largestActivations(
        model,
        sae,
        feature,
        FORMS.flatMap((form) => texts.map(form)),
      );
      const share = (text: string, form: number) =>
        shares[form * texts.length + texts.indexOf(text)]! / known.max;
      const shown =
        kind === 'grid'
          ? undefined
          : await shownOf({ model, sae, prompt }, known, frequencies, {
              ...firingSetting(settings),
              place: places.get(firingSetting(settings).at)!,
            });
      const line: Collected = {
        hook,
        seed,
        feature,
        density: known.density,
        maximum: known.max,
        firing: firingOf(known),
        pool: pool.map((each) => ({ ...each, alone: share(each.text, 0), sentence: share(each.text, 1) })),
        ...(shown && { shown }),
      };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    }
    process.stderr.write(
      `${hook} seed ${seed}: ${Math.min(first + TOGETHER, waiting.length)} of ${waiting.length}\n`,
    );
  }
}
await model.close();

/** What an answer shows besides definitions, from every other example. */
async function shownOf(
  { model, sae, prompt }: { model: RunningModel; sae: FeatureSource; prompt: PromptTokens },
  { feature, max, examples }: FeatureSnippets,
  frequencies: WordFrequencies,
  setting: PlacedSetting,
): Promise<NonNullable<Collected['shown']>> {
  const half = examples.slice(0, 10).filter((_, i) => i % 2 === 0);
  const texts = half.map(({ tokens }) => tokens.join(''));
  const vector = await firingVector(model, sae, feature, texts);
  const question = { prompt, centroid: true, pca: 0 };
  const firing = vector ? await speak(model, sae, feature, vector, question, [setting]) : [];
  const table = await model.embeddings(sae.centered);
  const nearTo = async (weights: 'encoder' | 'decoder') => {
    const options = { scale: 1, centroid: true, pca: 0 };
    const { ghost } = await makeGhost(await sae.vector(feature, weights), inputPlace(table), options);
    return (await listTokens(ghost, table, model.tokenizer, LIST.m, LIST.tokens)).map(({ token }) => token);
  };
  const lens = await model.lens.logits(await sae.vector(feature, 'decoder'));
  const promoted = [...lens.keys()].sort((a, b) => lens[b]! - lens[a]!).slice(0, LIST.tokens);
  return {
    label: labelOf(half, frequencies)?.words ?? [],
    firing: firing.map(({ text, probability, at, scale, activation }) => {
      return {
        weights: 'firing',
        at,
        scale,
        text,
        probability,
        alone: activation / max,
        sentence: activation / max,
      };
    }),
    near: { encoder: await nearTo('encoder'), decoder: await nearTo('decoder') },
    promoted: promoted.map((token) => model.tokenizer.text(token)),
  };
}
