/** Pictures of answers to `/activate`. */
import type {
  ActivatedText,
  ActivateReport,
  ReadText,
  StrongestReport,
} from '../../src/core/report/activate.js';
import { counted, formatCount, formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { COLUMN, type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { shadedAroundPeak } from '../sheet/aroundPeak.js';
import { moved } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { type ShadedText, type ShadeOptions, shadedText, shades } from '../sheet/shadedText.js';
import { THEMES } from '../sheet/theme.js';
import { legendPanel } from './legend.js';

const { width: WIDTH, unit: UNIT } = COLUMN;
const GAP = 18; // pixels
const DETAIL_SIZE = 19;
/** Lines of one text: those of a context of 1024 tokens. */
const MOST_LINES = 100;
/** Lines of all texts of a picture together, so that one picture is enough. */
const ALL_LINES = 130;
/** Tokens of a text that are shown beside a feature. */
const BESIDE = { before: 16, after: 14 };
const NUMBER_WIDTH = UNIT * 3.6;
const TYPE = 32;

/** @throws {Error} when canvas or the shipped fonts cannot be loaded */
export async function drawActivate(report: ActivateReport): Promise<ColumnPicture> {
  const { sae, texts, max, known: activity } = report;
  const pen = await penOf(report);
  const most = Math.max(2, Math.min(MOST_LINES, Math.floor(ALL_LINES / texts.length)));
  const panels = texts.map((text) => {
    const room = { left: texts.length > 1 ? NUMBER_WIDTH : 0, label: peakLabel(text) };
    const { tokens, activations, peak } = text;
    const shown = {
      tokens: tokens.map(({ token }) => token),
      activations,
      peak: peak?.position ?? null,
      ...restOf(text),
    };
    return textPanel((options) => shadedText(shown, options), room, max, most, pen);
  });
  return draw(
    pen,
    [
      titlePanel(`layer ${sae.layer} · feature ${sae.feature}`, report, pen),
      legendPanel(max, activity, pen, WIDTH),
      ...panels,
    ],
    activateAltText(report),
  );
}

/** @throws {Error} when canvas or the shipped fonts cannot be loaded */
export async function drawStrongest(report: StrongestReport): Promise<ColumnPicture> {
  const { sae, strongest, texts, active } = report;
  const pen = await penOf(report);
  const max = strongest[0]?.activation ?? 0;
  const panels = strongest.map(({ feature, text, activations }) => {
    const tokens = texts[text]!.tokens.map(({ token }) => token);
    const room = { left: NUMBER_WIDTH, label: String(feature) };
    return textPanel(
      (options) => shadedAroundPeak({ tokens, activations }, BESIDE, options),
      room,
      max,
      2,
      pen,
    );
  });
  const title = `layer ${sae.layer} · strongest features`;
  const share = words(
    `${formatCount(active)} of ${counted(sae.features, 'feature')} ${active === 1 ? 'is' : 'are'} active`,
    { x: 0, y: UNIT / 2, size: UNIT * 0.6, colour: pen.theme.quiet },
    pen,
  );
  return draw(
    pen,
    [
      titlePanel(title, report, pen),
      legendPanel(max, undefined, pen, WIDTH),
      { width: WIDTH, height: UNIT * 0.8, items: [share] },
      ...panels,
    ],
    strongestAltText(report),
  );
}

type Report = ActivateReport | StrongestReport;

function penOf({ parameters }: Report): Promise<Pen> {
  return columnPen(THEMES[parameters.theme]);
}

async function draw({ theme }: Pen, panels: Panel[], alt: string): Promise<ColumnPicture> {
  return { ...(await paintColumn(panels, GAP, theme, shades(theme))), alt };
}

function titlePanel(title: string, { model, sae, parameters }: Report, pen: Pen): Panel {
  const { theme, unit } = pen;
  const head = words(title, { x: 0, y: unit * 0.6, size: unit * 0.9, bold: true }, pen);
  const after = head.kind === 'text' ? head.line.width + unit * 0.6 : 0;
  const name = {
    x: after,
    y: unit * 0.6,
    size: unit * 0.9,
    bold: true,
    colour: theme.quiet,
    width: WIDTH - after,
  };
  const details = [sae.hook, sae.release, model.dtype].map(readable);
  if (parameters.bos) details.push('with the token that begins every sequence');
  const detail = { x: 0, y: unit * 1.6, size: DETAIL_SIZE, colour: theme.quiet, width: WIDTH };
  return {
    width: WIDTH,
    height: unit * 2,
    items: [head, words(readable(model.id), name, pen), words(details.join('   '), detail, pen)],
  };
}

/** A text, perhaps with a label to its left. */
function textPanel(
  shaded: (options: ShadeOptions) => ShadedText,
  { left, label }: { left: number; label: string },
  max: number,
  lines: number,
  pen: Pen,
): Panel {
  const { theme, ruler } = pen;
  const body = shaded({ width: WIDTH - left, size: TYPE, max, lines, theme, ruler });
  const items: Item[] = [{ kind: 'box', x: 0, y: -2, width: WIDTH, height: 1, radius: 0, fill: theme.rule }];
  if (left > 0)
    items.push(words(label, { x: 0, y: TYPE * 1.35, size: TYPE, bold: true, width: left - 20 }, pen));
  items.push(...moved(body.items, left, 0));
  return { width: WIDTH, height: body.height, items };
}

function peakLabel({ peak }: ActivatedText): string {
  return peak ? formatLength(peak.activation) : '0';
}

function restOf({ unread }: ReadText): { rest?: string } {
  return unread > 0 ? { rest: `… ${counted(unread, 'more token was', 'more tokens were')} not read` } : {};
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function activateAltText({ model, sae, texts }: ActivateReport): string {
  const parts = texts.map(({ peak, tokens, text }) => {
    const where = peak
      ? `${formatLength(peak.activation)} at “${shown(tokens[peak.position]!.token)}”`
      : 'silent';
    return `${where} in “${shown(text)}”`;
  });
  return `Activation of ${model.id}, layer ${sae.layer}, feature ${sae.feature}, on each token: ${parts.join('; ')}.`;
}

export function strongestAltText({ model, sae, strongest, texts }: StrongestReport): string {
  const parts = strongest.map(
    ({ feature, activation, text, position }) =>
      `${feature} (${formatLength(activation)} at “${shown(texts[text]!.tokens[position]!.token)}”)`,
  );
  return `Most active features of ${model.id}, layer ${sae.layer}: ${parts.join(', ') || 'none'}.`;
}

/** A text that an alt text quotes. */
function shown(text: string): string {
  return shorten(text.trim() === '' ? visibleToken(text) : readable(text.trim()), 80);
}
