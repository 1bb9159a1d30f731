/** The head of the picture: what kind of feature, of what, and the moments with their percentiles. */
import type { KindReport, Verdict } from '../../src/core/report/kind.js';
import { formatProbability } from '../../src/text/numbers.js';
import { visiblePieces } from '../../src/text/visibleToken.js';
import { headPanel as familyHead } from '../panels/head.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { measureLine, shortened } from '../sheet/typeset.js';
import { classWords, formatMoment, formatPercentile, VERDICT_NAMES } from './words.js';

/** Headings of the column with the token that the feature fires most on. */
const FIRES_ON: Readonly<Record<Verdict, string>> = {
  token: 'fires on a token',
  context: 'fires in a context',
  unknown: 'fires rarely',
};

export function titlePanel(report: KindReport, pen: Pen, width: number): Panel {
  const { model, sae } = report;
  return headPanel(
    {
      title: `layer ${sae.layer} · feature ${sae.feature}`,
      // Most features are in no class; then what they fire on says most.
      verdict: classWords(report.class)[0] ?? VERDICT_NAMES[report.firing.verdict],
      isPlain: report.class === 'none',
      command: 'logits',
      ...{ model, sae },
    },
    pen,
    width,
  );
}

/** What a picture is about, and what it says, in large type. */
export interface Head extends Pick<KindReport, 'model'> {
  command: string;
  title: string;
  verdict: string;
  /** Whether the verdict stands out no more than the rest. */
  isPlain: boolean;
  sae: Pick<KindReport['sae'], 'hook' | 'release'>;
}

export function headPanel(
  { title, verdict, isPlain, command, model, sae }: Head,
  pen: Pen,
  width: number,
): Panel {
  const { theme, unit } = pen;
  const details = [sae.hook, sae.release, model.dtype];
  const head = familyHead({ title, model, command, details }, pen, width);
  const y = head.height + unit * 0.5;
  const colour = isPlain ? theme.quiet : theme.ink;
  const sentence = words(verdict, { x: 0, y, size: unit * 0.9, bold: true, colour, width }, pen);
  return { width, height: y + unit * 0.6, items: [...head.items, sentence] };
}

/** A column for each moment, and one for the token that the feature fires most on. */
export function momentsPanel(report: KindReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const { moments, firing } = report;
  const height = unit * 3.5;
  const items: Item[] = [{ kind: 'box', x: 0, y: 0, width, height, radius: unit * 0.35, fill: theme.panel }];
  const columns: [name: string, value: string, percentile: number | undefined][] = [
    ['skewness', formatMoment(moments.skewness.value), moments.skewness.percentile],
    ['kurtosis', formatMoment(moments.kurtosis.value), moments.kurtosis.percentile],
    ['deviation', formatMoment(moments.standardDeviation.value), moments.standardDeviation.percentile],
    ['mean', formatMoment(moments.mean.value), moments.mean.percentile],
    [
      FIRES_ON[firing.verdict],
      firing.share ? formatProbability(firing.share.value) : 'never',
      firing.share?.percentile,
    ],
  ];
  const padding = unit * 0.5;
  const pitch = (width - 2 * padding) / (columns.length + 0.4);
  columns.forEach(([name, value, percentile], index) => {
    const x = padding + index * pitch;
    items.push(words(name, { x, y: unit * 0.8, size: unit * 0.66, bold: true, colour: theme.quiet }, pen));
    const number = words(value, { x, y: unit * 1.75, size: unit, bold: true }, pen);
    items.push(number);
    if (percentile !== undefined)
      items.push(
        words(
          formatPercentile(percentile),
          { x, y: unit * 2.75, size: unit * 0.6, colour: theme.quiet },
          pen,
        ),
      );
    if (index < columns.length - 1 || number.kind !== 'text' || !firing.token) return;
    // The token is drawn beside its share.
    const style = { size: Math.round(unit * 0.82), bold: false };
    const [...characters] = firing.token.token;
    const pieces = visiblePieces(characters.slice(0, LIMITS.tokenLength).join(''));
    const room = width - padding - x - number.line.width - unit * 0.5;
    const line = shortened(measureLine(pieces, style, ruler), style, ruler, room);
    items.push(lineItem(line, { x: x + number.line.width + unit * 0.5, y: unit * 1.75, ...style }, theme));
  });
  return { width, height, items };
}
