/** The picture of which features are most active on texts. */
import type {
  ReadText,
  StrongestLayer,
  StrongestReport,
  StrongFeature,
} from '../../src/core/report/activate.js';
import { counted, formatCount, formatLength, formatProbability } from '../../src/text/numbers.js';
import { COLUMN, type ColumnPicture } from '../canvas/column.js';
import { shadedAroundPeak } from '../sheet/aroundPeak.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { labelWords } from '../text/verdictWords.js';
import { legendPanel } from './legend.js';
import { drawPanels, NUMBER_WIDTH, penOf, quoted, textPanel, titlePanel } from './panels.js';

const { width: WIDTH, unit: UNIT } = COLUMN;
/** Tokens of a text that are shown beside a feature. */
const BESIDE = { before: 16, after: 14 };
/** Lines of a text, and features of each layer, where there is one layer or more than one. */
const ROOM = { one: { lines: 2, features: 10 }, several: { lines: 1, features: 4 } };

/** @throws {Error} when canvas or the shipped fonts cannot be loaded */
export async function drawStrongest(report: StrongestReport): Promise<ColumnPicture> {
  const { model, layers, texts, parameters } = report;
  const pen = await penOf(parameters);
  const numbers = layers.map(({ sae }) => sae.layer).join(', ');
  const title = `layer${layers.length > 1 ? 's' : ''} ${numbers} · strongest features`;
  const hooks = layers.length === 1 ? [layers[0]!.sae.hook] : [];
  const details = [...hooks, ...new Set(layers.map(({ sae }) => sae.release)), model.dtype];
  const features = layers.flatMap(({ strongest }) => strongest);
  const largest = Math.max(0, ...features.map(({ activation }) => activation));
  const byShare = features.some(({ share }) => share !== undefined);
  return drawPanels(
    pen,
    [
      titlePanel(title, { model, parameters, details }, pen),
      legendPanel(largest, undefined, pen, WIDTH, byShare ? "each feature's max activation" : undefined),
      ...layers.flatMap((layer) => layerPanels(layer, texts, layers.length > 1, pen)),
    ],
    strongestAltText(report),
  );
}

function layerPanels(
  layer: StrongestLayer,
  texts: readonly ReadText[],
  isOneOfSeveral: boolean,
  pen: Pen,
): Panel[] {
  const { sae, active, strongest, alwaysOn } = layer;
  const { lines, features } = isOneOfSeveral ? ROOM.several : ROOM.one;
  const always =
    alwaysOn.length > 0 ? `; always on: ${alwaysOn.map(({ feature }) => feature).join(', ')}` : '';
  const count = `${formatCount(active)} of ${counted(sae.features, 'feature')} ${active === 1 ? 'is' : 'are'} active${always}`;
  const head = isOneOfSeveral ? `layer ${sae.layer} · ${count}` : count;
  // Where no maximum is known, shades are of the strongest one's activation.
  const largest = strongest[0]?.activation ?? 0;
  return [
    {
      width: WIDTH,
      height: UNIT * 0.8,
      items: [
        words(
          head,
          {
            x: 0,
            y: UNIT / 2,
            size: UNIT * 0.6,
            bold: isOneOfSeveral,
            colour: pen.theme.quiet,
            width: WIDTH,
          },
          pen,
        ),
      ],
    },
    ...strongest.slice(0, features).map((strong) => {
      const tokens = texts[strong.text]!.tokens.map(({ token }) => token);
      const { feature, activation, activations, share } = strong;
      return textPanel(
        (options) => shadedAroundPeak({ tokens, activations }, BESIDE, options),
        { left: NUMBER_WIDTH, label: String(feature), above: aboveOf(strong) },
        share === undefined ? largest : activation / share,
        lines,
        pen,
      );
    }),
  ];
}

/** What is known of a feature, where anything is. */
function aboveOf({ label, share, density }: StrongFeature): string | undefined {
  const known = [
    ...(label ? [labelWords(label)] : []),
    ...(share === undefined ? [] : [`${formatProbability(Math.min(1, share))} of its max activation`]),
    ...(density === undefined ? [] : [`density ${formatProbability(density)}`]),
  ];
  return known.length > 0 ? known.join(' · ') : undefined;
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function strongestAltText({ model, layers, texts }: StrongestReport): string {
  const parts = layers.map(({ sae, strongest }) => {
    const features = strongest.map(({ feature, activation, share, label, text, position }) => {
      const strength = share === undefined ? formatLength(activation) : formatProbability(Math.min(1, share));
      const name = label ? `${feature}, ${labelWords(label)}` : feature;
      return `${name} (${strength} at “${quoted(texts[text]!.tokens[position]!.token)}”)`;
    });
    return `layer ${sae.layer}: ${features.join(', ') || 'none'}`;
  });
  return `Most active features of ${model.id}, ${parts.join('; ')}.`;
}
