import { labelWords } from '../../renderers/text/verdictWords.js';
import type { CatalogueModel } from '../../src/configuration/index.js';
import type { ReadText, StrongestLayer, StrongestReport, StrongFeature } from '../../src/core/index.js';
import type { Evidence } from '../../src/evidence/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatCount, formatLength, formatProbability } from '../../src/text/numbers.js';
import { attached, type Reply, type ReplyAction } from '../line/command.js';
import { inQuotes } from '../line/grammar.js';
import { fileName } from '../parts/fileName.js';
import { markedText, shownToken } from '../parts/markedText.js';
import { parityTexts } from '../parts/parity.js';
import { activatePicture, strongestTitle, unreadTexts, weightTexts } from './parts.js';
import { textWords } from './texts.js';

/** Features of each layer that the text names where there are several layers. */
const LISTED_OF_EACH = 5;
/** Tokens before and after a peak, since a label stands before them. */
const ROOM = { before: 10, after: 6 };
/** Massive tokens that are named. */
const NAMED = 5;

/**
 * The most active features of layers as an answer.
 *
 * @param address words of the command line that name a layer; none for all
 * @param options of the command line that are not the defaults; follow-up questions repeat them
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function strongestReply(
  report: StrongestReport,
  address: readonly (string | number)[],
  options: readonly string[],
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { model, layers, texts } = report;
  const words = texts.map(({ text }) => inQuotes(text));
  const base = [model.id, ...address.map((layer) => `L${layer}`), 'strongest'].join('-');
  const name = fileName(base, [...words, ...options].join(' '));
  const picture = await activatePicture(report, pictures);
  return {
    title: strongestTitle(
      model.id,
      layers.map(({ sae }) => sae.layer),
    ),
    text: [
      ...layers.flatMap((layer) => layerLines(layer, texts, layers.length > 1)),
      ...unreadTexts(texts, model.id),
      ...weightTexts(model.dtype),
      ...(layers.length === 1 ? parityTexts(layers[0]!.sae.parity) : []),
    ].join('\n'),
    ...attached(name, picture, report),
    tokens: [],
    actions: actions(report, options),
  };
}

/** A report with the labels of its features, where examples come with the model. */
export async function withLabels(
  report: StrongestReport,
  model: CatalogueModel,
  evidence: Evidence | undefined,
): Promise<StrongestReport> {
  if (!evidence) return report;
  const labelled = ({ sae }: StrongestLayer, features: readonly StrongFeature[]) =>
    Promise.all(
      features.map(async (feature): Promise<StrongFeature> => {
        const label = (await evidence.shipped(model, sae.layer, feature.feature))?.label;
        return label ? { ...feature, label } : feature;
      }),
    );
  const layers = await Promise.all(
    report.layers.map(async (layer) => ({
      ...layer,
      strongest: await labelled(layer, layer.strongest),
      alwaysOn: await labelled(layer, layer.alwaysOn),
    })),
  );
  return { ...report, layers };
}

function layerLines(layer: StrongestLayer, texts: readonly ReadText[], isOneOfSeveral: boolean): string[] {
  const { sae, strongest, alwaysOn, active } = layer;
  const shown = isOneOfSeveral ? strongest.slice(0, LISTED_OF_EACH) : strongest;
  const count = `${formatCount(active)} of ${counted(sae.features, 'feature')} ${active === 1 ? 'is' : 'are'} active`;
  const by = strongest.some(({ share }) => share !== undefined)
    ? "share of each one's max activation"
    : 'activation';
  const always = isOneOfSeveral
    ? [`Always on: ${alwaysOn.map(({ feature }) => feature).join(', ')}.`]
    : ['', 'Always on, so that no text tells them apart:', ...featureLines(alwaysOn, texts)];
  return [
    ...(isOneOfSeveral ? [`Layer ${sae.layer}, by ${by}; ${count}:`] : [`By ${by}:`]),
    ...(shown.length > 0 ? featureLines(shown, texts) : ['No feature of this layer is active on any token.']),
    ...(alwaysOn.length > 0 ? always : []),
    '',
    ...(isOneOfSeveral ? [] : [`${count}.`]),
    ...massiveTexts(layer, texts),
  ];
}

/** A line for each feature: how active it is, what it is about, and the text with the place where it is most active. */
function featureLines(features: readonly StrongFeature[], texts: readonly ReadText[]): string[] {
  const rows = features.map((strong) => ({
    feature: String(strong.feature),
    strength:
      strong.share === undefined
        ? formatLength(strong.activation)
        : formatProbability(Math.min(1, strong.share)),
    text: [
      ...(strong.label ? [labelWords(strong.label)] : []),
      ...(strong.density === undefined ? [] : [`density ${formatProbability(strong.density)}`]),
      markedText(texts[strong.text]!.tokens, strong.position, ROOM),
    ].join(' · '),
  }));
  const width = (cells: string[]) => Math.max(...cells.map(({ length }) => length));
  const numbers = width(rows.map(({ feature }) => feature));
  const strengths = width(rows.map(({ strength }) => strength));
  return rows.map(
    ({ feature, strength, text }) => `${feature.padStart(numbers)}  ${strength.padStart(strengths)}  ${text}`,
  );
}

/** Which tokens do not count. */
function massiveTexts({ massive }: StrongestLayer, texts: readonly ReadText[]): string[] {
  if (massive.length === 0) return [];
  const names = massive
    .slice(0, NAMED)
    .map(({ text, position }) => shownToken(texts[text]!.tokens[position]!.token));
  const more = massive.length > NAMED ? ` and ${massive.length - NAMED} more` : '';
  return [`Left out as BOS is, since the stream is out of the ordinary there: ${names.join(', ')}${more}.`];
}

/** The trees of a layer's features, or the layers. */
function actions({ layers, texts }: StrongestReport, options: readonly string[]): ReplyAction[] {
  const elsewhere = options.filter((option) => option !== 'bos=on');
  const json: ReplyAction = { label: 'JSON', does: { file: 'json' } };
  const [only, ...others] = layers;
  if (others.length === 0)
    return [
      ...only!.strongest.map(({ feature }) => ({
        label: `Tree of ${feature}`,
        does: { line: ['feature', only!.sae.layer, feature, ...elsewhere].join(' ') },
      })),
      json,
    ];
  const words = textWords(texts.map(({ text }) => text));
  return [
    ...layers.map(({ sae }) => ({
      label: `Layer ${sae.layer}`,
      does: { line: ['activate', sae.layer, ...words, ...options].join(' ') },
    })),
    json,
  ];
}
