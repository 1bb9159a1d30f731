import { defaultsOf } from '../configuration/derived.js';
import type { CatalogueModel, Configuration } from '../configuration/index.js';
import { presenceOf } from '../configuration/manifest.js';
import { type FeatureEvidence, InputError, type SurveyReport } from '../core/index.js';
import { verdictOf } from '../core/judging.js';
import type { AskControl, Jobs } from '../jobs/index.js';
import type { Schedule, ScheduleBook, ShownFeature } from './book.js';
import {
  aliveFeatures,
  interestingCandidates,
  leastOf,
  particularShare,
  pickFromList,
  seedOf,
  shuffled,
  tellsPeople,
  timesShown,
} from './pick.js';

/** Features whose examples are looked at, answers asked for to choose among them, and nodes of the tree of each. */
const LOOKED_AT = 100;
const CANDIDATES = 5;
const NODES = 400;
/** Number of the latest shown features that the next must not be near. */
const REMEMBERED = 60;

/** The feature of a day. */
export interface Chosen {
  /** The command line that asks for it: `feature 10 777`. */
  line: string;
  model: string;
  layer: number;
  feature: number;
}

/** What choosing may use. */
export interface ChoiceContext {
  configuration: Configuration;
  jobs: Pick<Jobs, 'ask'>;
  book: Pick<ScheduleBook, 'shown'>;
  /** What comes with a model of where a feature fires; absent where that is not known. */
  evidence?:
    | ((model: CatalogueModel, layer: number, feature: number) => Promise<FeatureEvidence | undefined>)
    | undefined;
}

/**
 * Chooses a channel's feature of the day. The same book and day always give the same feature, so that an attempt after
 * a crash chooses the same. Nothing repeats until everything was shown.
 *
 * @throws {InputError} when the model, the layer or all of the list are no longer here
 * @throws {EngineError | CancelledError} as questions to the jobs
 */
export async function chooseFeature(
  schedule: Schedule,
  day: string,
  context: ChoiceContext,
  control: AskControl = {},
): Promise<Chosen> {
  const model = context.configuration.models.get(schedule.model);
  if (!model) throw new InputError(`There is no model "${schedule.model}" any more: set /daily on anew.`);
  const layers = layersOf(model, schedule.layer);
  const shown = await context.book.shown(schedule.channel, model.id);
  const seed = seedOf(schedule.channel, day);
  const { pick } = schedule;
  const { layer, feature } =
    typeof pick === 'object'
      ? fromList(pick.list, model, layers, shown)
      : await fromLayers(model, layers, shown, seed, pick, context, control);
  const named = model.id === context.configuration.settings.model ? [] : [`model=${model.id}`];
  return { line: ['feature', layer, feature, ...named].join(' '), model: model.id, layer, feature };
}

/** Layers to choose from that are on this machine. */
function layersOf(model: CatalogueModel, wanted: number | undefined): number[] {
  const presence = presenceOf(model);
  const here = presence.model ? presence.layers : [];
  const layers = wanted === undefined ? here : here.filter((layer) => layer === wanted);
  if (layers.length > 0) return layers;
  const what = wanted === undefined ? model.id : `Layer ${wanted} of ${model.id}`;
  throw new InputError(`${what} is not on this machine any more: set /daily on anew.`);
}

function fromList(
  list: readonly string[],
  model: CatalogueModel,
  layers: readonly number[],
  shown: readonly ShownFeature[],
) {
  const addresses = list.map((address) => {
    const [layer, feature] = address.split('/').map(Number) as [number, number];
    return { layer, feature };
  });
  const here = addresses.filter(({ layer, feature }) => layers.includes(layer) && feature < model.features);
  const picked = pickFromList(here, shown);
  if (!picked)
    throw new InputError(`No feature of the list is on this machine any more: set /daily on anew.`);
  return picked;
}

/** From the layer that was shown least, or the next one when all of its features were shown. */
async function fromLayers(
  model: CatalogueModel,
  layers: readonly number[],
  shown: readonly ShownFeature[],
  seed: number,
  pick: 'random' | 'interesting',
  context: ChoiceContext,
  control: AskControl,
) {
  const shownOf = (layer: number) =>
    shown.filter((address) => address.layer === layer).map(({ feature }) => feature);
  const order = shuffled(layers, seed).sort((a, b) => shownOf(a).length - shownOf(b).length);
  const pools: { layer: number; survey: SurveyReport; pool: number[]; times: number }[] = [];
  for (const layer of order) {
    const survey = await surveyOf(model, layer, shownOf(layer), pick, context, control);
    const times = timesShown(shownOf(layer), (feature) => feature);
    const pool = leastOf(aliveFeatures(survey), times);
    pools.push({ layer, survey, pool, times: times(pool[0]!) });
    if (times(pool[0]!) === 0) break;
  }
  const [{ layer, survey, pool }] = leastOf(pools, ({ times }) => times) as [(typeof pools)[number]];
  if (pick === 'random') return { layer, feature: shuffled(pool, seed)[0]! };
  const candidates = interestingCandidates(survey, pool, shownOf(layer), seed, LOOKED_AT);
  const telling = await tellingOf(model, layer, candidates, context);
  return { layer, feature: await truest(model, layer, telling, context, control) };
}

/** A candidate with what is known of where it fires. */
interface Known {
  feature: number;
  evidence?: FeatureEvidence | undefined;
}

/** The first candidates whose examples tell people what they are about; where none does, the first ones. */
async function tellingOf(
  model: CatalogueModel,
  layer: number,
  candidates: readonly number[],
  { evidence: ask }: ChoiceContext,
): Promise<Known[]> {
  const telling: Known[] = [];
  for (const feature of ask ? candidates : []) {
    const evidence = await ask!(model, layer, feature);
    if (tellsPeople(evidence)) telling.push({ feature, evidence });
    if (telling.length === CANDIDATES) break;
  }
  return telling.length > 0 ? telling : candidates.slice(0, CANDIDATES).map((feature) => ({ feature }));
}

function surveyOf(
  model: CatalogueModel,
  layer: number,
  shown: readonly number[],
  pick: 'random' | 'interesting',
  { configuration, jobs }: ChoiceContext,
  control: AskControl,
) {
  const { theme, trim } = defaultsOf(model, configuration.settings);
  // Only interesting features must differ from those shown; without them the survey is the same for all channels.
  const against = pick === 'interesting' ? [...new Set(shown.slice(-REMEMBERED))] : [];
  const question = { model: model.id, layer, against, parameters: { theme, trim } };
  return jobs.ask('survey', question, model, control);
}

/**
 * The first candidate that reads back; where none does, the one that does so most, and where nothing is known of that,
 * the one whose tree has the largest particular and readable share.
 */
async function truest(
  model: CatalogueModel,
  layer: number,
  candidates: readonly Known[],
  { configuration, jobs }: ChoiceContext,
  control: AskControl,
): Promise<number> {
  const defaults = defaultsOf(model, configuration.settings);
  const parameters = { ...defaults, prune: 'on' as const, nodes: Math.min(NODES, defaults.nodes) };
  let best = { feature: candidates[0]!.feature, readBack: -1, share: -1 };
  for (const { feature, evidence } of candidates) {
    const question = { model: model.id, layer, feature, parameters };
    const report = await jobs.ask('feature', question, model, control);
    const { kind, readBack = 0 } = verdictOf(report, evidence);
    if (kind === 'readsBack') return feature;
    const share = particularShare(report.tree);
    if (readBack > best.readBack || (readBack === best.readBack && share > best.share))
      best = { feature, readBack, share };
  }
  return best.feature;
}
