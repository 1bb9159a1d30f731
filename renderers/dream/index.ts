/** The picture of an answer to `/dream`. */
import type { DreamReport, DreamtText } from '../../src/core/report/dream.js';
import { counted, formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { COLUMN, type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { headPanel } from '../panels/head.js';
import { keyPanel } from '../panels/key.js';
import { moved } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { type ShadedText, shadedText, shades } from '../sheet/shadedText.js';
import { THEMES, type ThemeName } from '../sheet/theme.js';
import { scatterPanel } from './scatter.js';

const GAP = 26; // pixels
const UNIT = COLUMN.unit;
/** Lines of the text that stands first, and of each of the others. */
const LINES = { first: 4, other: 2 };
/** Columns of the list: activation and nats end here, the text begins there. */
const COLUMNS = { activation: 128, nats: 222, text: 252 };

/**
 * @param options.theme default: the report's
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawDream(
  report: DreamReport,
  options: { theme?: ThemeName } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = await columnPen(theme);
  const panels = [titlePanel, firstPanel, scatterPanel, listPanel, keyOf].map((make) =>
    make(report, pen, COLUMN.width),
  );
  return { ...(await paintColumn(panels, GAP, theme, shades(theme))), alt: altText(report) };
}

/** The text that stands for the feature: the fluent one, where there is one. */
function firstOf({ front, chosen }: DreamReport): DreamtText {
  return front[chosen.fluent ?? chosen.strongest!]!;
}

function titlePanel({ model, sae, parameters }: DreamReport, pen: Pen, width: number): Panel {
  const title = `layer ${sae.layer} · feature ${sae.feature}`;
  const details = [`seed ${parameters.seed}`, sae.hook, sae.release];
  return headPanel({ title, model, command: 'dream', details }, pen, width);
}

function firstPanel(report: DreamReport, pen: Pen, width: number): Panel {
  const text = firstOf(report);
  const padding = UNIT * 0.5;
  const what = report.chosen.fluent === null ? 'most active' : 'fluent, most active';
  const numbers = `${what}: ${formatLength(text.activation)} at ${formatLength(text.crossEntropy)} nats a token`;
  const room = { width: width - 2 * padding, size: UNIT, lines: LINES.first };
  const shaded = shadedDream(text, text.activation, room, pen);
  const top = UNIT * 1.3;
  const height = top + shaded.height + UNIT * 0.6;
  const ground: Item = { kind: 'box', x: 0, y: 0, width, height, radius: UNIT * 0.35, fill: pen.theme.panel };
  const heading = { x: padding, y: UNIT * 0.8, size: UNIT * 0.66, bold: true, colour: pen.theme.activation };
  return {
    width,
    height,
    items: [ground, words(numbers, heading, pen), ...moved(shaded.items, padding, top)],
  };
}

/** The numbers are beside the text, so that its lines need none above them. */
function shadedDream(
  { tokens }: DreamtText,
  max: number,
  room: { width: number; size: number; lines: number },
  { theme, ruler }: Pen,
): ShadedText {
  const shown = {
    tokens: tokens.map(({ token }) => token),
    activations: tokens.map(({ activation }) => activation),
    peak: null,
  };
  return shadedText(shown, { ...room, max, theme, ruler, spacing: 'plain' });
}

/** All texts, most active first. */
function listPanel({ front, chosen }: DreamReport, pen: Pen, width: number): Panel {
  const { theme } = pen;
  const size = UNIT * 0.72;
  const highest = front.at(-1)!.activation;
  const items: Item[] = [];
  let y = size;
  const texts = front.map((text, index) => ({ text, fluent: index === chosen.fluent })).reverse();
  for (const { text, fluent } of texts) {
    const colour = theme.activation;
    const number = { y, size, align: 'right' as const, bold: true };
    items.push(
      words(
        `${fluent ? '▸ ' : ''}${text.activation.toFixed(1)}`,
        { ...number, x: COLUMNS.activation, colour },
        pen,
      ),
    );
    items.push(
      words(
        text.crossEntropy.toFixed(2),
        { ...number, x: COLUMNS.nats, bold: false, colour: theme.quiet },
        pen,
      ),
    );
    const room = { width: width - COLUMNS.text, size: Math.round(size), lines: LINES.other };
    const shaded = shadedDream(text, highest, room, pen);
    items.push(...moved(shaded.items, COLUMNS.text, y - shaded.first));
    y += shaded.height + size * 0.35;
  }
  return { width, height: y - size * 0.6, items };
}

function keyOf({ fluency }: DreamReport, pen: Pen, width: number): Panel {
  const sentences = [
    "Left: the feature's largest activation, then cross-entropy in nats a token.",
    'Shaded: activation of each token.',
    `▸ Fluent: at most ${formatLength(fluency.limit)} nats a token, as 95 % of what the model writes by itself.`,
  ];
  return keyPanel(sentences, pen, width, 20, 3);
}

/** The picture in words, for screen readers and for chats that cannot show it. */
function altText(report: DreamReport): string {
  const { model, sae, front } = report;
  const first = firstOf(report);
  const strongest = front.at(-1)!;
  const quote = ({ text }: DreamtText) => `“${shorten(readable(text), 200)}”`;
  const numbers = ({ activation, crossEntropy }: DreamtText) =>
    `activation ${formatLength(activation)}, ${formatLength(crossEntropy)} nats a token`;
  return [
    `Texts that activate ${model.id}, layer ${sae.layer}, feature ${sae.feature}: activation against cross-entropy, ${counted(front.length, 'text')}.`,
    `Chosen: ${quote(first)} (${numbers(first)}).`,
    ...(first === strongest ? [] : [`Most active: ${quote(strongest)} (${numbers(strongest)}).`]),
  ].join(' ');
}
