import { labelLine } from '../../renderers/text/headWords.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { FeatureLabel, NearFeature, NearFeatures, NearLayer, NearReport } from '../../src/core/index.js';
import { attached, type Reply, type ReplyAction } from '../line/command.js';
import { questionLine } from '../line/featureLine.js';
import { fileName } from '../parts/fileName.js';
import { nearName } from '../parts/nearWords.js';

/** Features of the own layer and of each other that are written out, and for how many a button asks. */
const OWN = 8;
const OTHERS = 4;
const BUTTONS = 3;
/** Cosine below which a feature of another layer is not worth a line; random directions of a stream hardly reach it. */
const LEAST = 0.2;

/** The label of a feature; undefined where none is known. */
export type LabelOf = (layer: number, feature: number) => Promise<FeatureLabel | undefined>;

/** The same features with their labels. */
export async function labelled({ nearest, opposite }: NearFeatures, labelOf: LabelOf): Promise<NearFeatures> {
  const named = (features: readonly NearFeature[]) =>
    Promise.all(
      features.map(async (near) => {
        const label = await labelOf(near.layer, near.feature);
        return { ...near, ...(label && { label }) };
      }),
    );
  return { nearest: await named(nearest), opposite: await named(opposite) };
}

/** A report whose features have their labels. */
export async function labelledNear(report: NearReport, labelOf: LabelOf): Promise<NearReport> {
  const layers: NearLayer[] = [];
  for (const layer of report.layers) layers.push({ ...layer, ...(await labelled(layer, labelOf)) });
  return { ...report, layers };
}

/**
 * A report as an answer.
 *
 * @param own the label of the feature that is asked about
 */
export function nearReply(
  report: NearReport,
  own: FeatureLabel | undefined,
  place: CatalogueModel,
  settings: Settings,
): Reply {
  const { model, sae } = report;
  const lines = report.layers.flatMap((layer) => layerLines(layer, layer.layer === sae.layer));
  return {
    title: `${model.id} · layer ${sae.layer} · feature ${sae.feature} · near`,
    text: [...(own ? [labelLine(own)] : []), ...lines].join('\n'),
    ...attached(fileName(`${model.id}-L${sae.layer}-F${sae.feature}-near`, ''), undefined, report),
    tokens: [],
    actions: actionsOf(report, place, settings),
  };
}

function layerLines({ layer, nearest, opposite }: NearLayer, isOwn: boolean): string[] {
  const near = nearest.filter(({ cosine }) => isOwn || cosine >= LEAST).slice(0, isOwn ? OWN : OTHERS);
  const head = `Layer ${layer}, by the cosine of decoder vectors:`;
  if (near.length === 0 && opposite.length === 0)
    return [`Layer ${layer}: none with a cosine of ${LEAST} or more`];
  return [
    head,
    ...near.map((feature) => `  ${nearName(feature)}`),
    ...opposite.slice(0, OTHERS).map((feature) => `  opposite: ${nearName(feature)}`),
  ];
}

/** The feature itself, and those that are nearest of all. */
function actionsOf(
  { sae: { layer, feature }, layers }: NearReport,
  model: CatalogueModel,
  settings: Settings,
): ReplyAction[] {
  const line = (of: { layer: number; feature: number }) =>
    questionLine('feature', { ...of, parameters: {} }, model, settings);
  const nearest = layers
    .flatMap((of) => of.nearest)
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, BUTTONS);
  return [
    { label: 'Feature', does: { line: line({ layer, feature }) } },
    ...nearest.map((near) => ({ label: `${near.layer}/${near.feature}`, does: { line: line(near) } })),
    { label: 'JSON', does: { file: 'json' } },
  ];
}
