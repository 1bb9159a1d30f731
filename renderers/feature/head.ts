/** The first lines of a picture: what it is of, the label in the largest type, and whether what is said holds. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import type { FeatureVerdict, VerdictKind } from '../../src/core/report/verdict.js';
import { formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { lineItem, type Pen } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { measureWords, shortened, wrap } from '../sheet/typeset.js';
import { labelSource, labelWords, VERDICT_MARKS, verdictWords } from '../text/verdictWords.js';
import { wordChunks } from '../text/wordChunks.js';

/** Sizes of the type in units: the address, the title as large as it fits, words beside the title, the verdict. */
const ADDRESS = 0.72;
const TITLES = [1.75, 1.5, 1.25, 1.05];
const SOURCE = 0.85;
const VERDICT = 1;
const MOST_LINES = 2;
const PITCH = 1.35; // of the type's size

export function headPanel(report: FeatureReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const items: Item[] = [];
  let y = 0;
  const put = (text: string, size: number, colour: string, bold = false) => {
    const style = { size: Math.round(size), bold };
    for (const line of wrap(wordChunks(text), style, ruler, width, MOST_LINES)) {
      items.push(lineItem(line, { x: 0, y: y + (style.size * PITCH) / 2, ...style, colour }, theme));
      y += style.size * PITCH;
    }
  };
  const title = titleOf(report);
  if (title) {
    put(addressOf(report), unit * ADDRESS, theme.quiet);
    const placed = titleItems(title, pen, width);
    items.push(...placed.items.map((item) => ({ ...item, y: item.y + y })));
    y += placed.height;
  } else put(addressOf(report), unit * TITLES[1]!, theme.ink, true);
  if (report.verdict) {
    const { kind } = report.verdict;
    const sentence = `${VERDICT_MARKS[kind]} ${verdictSentence(report, report.verdict)}`;
    put(sentence, unit * VERDICT, verdictColour(kind, theme), true);
  }
  return { width, height: y, items };
}

interface Title {
  text: string;
  /** Quiet words beside it, or below where there is no room. */
  source: string;
}

/** The label; without one what others say it means, if they do. */
function titleOf({ evidence }: FeatureReport): Title | undefined {
  const [explanation] = evidence?.explanations ?? [];
  if (evidence?.label) return { text: labelWords(evidence.label), source: labelSource(evidence.label) };
  return explanation === undefined
    ? undefined
    : { text: `“${readable(explanation)}”`, source: 'as explained at Neuronpedia' };
}

/** In the largest type in which it is one line; else in the smallest, in two. */
function titleItems({ text, source }: Title, pen: Pen, width: number): { items: TextItem[]; height: number } {
  const { theme, ruler, unit } = pen;
  const sizes = TITLES.map((size) => Math.round(size * unit));
  const size = sizes.find((large) => measureWords(text, { size: large, bold: true }, ruler).width <= width);
  const style = { size: size ?? sizes.at(-1)!, bold: true };
  const lines = wrap(wordChunks(text), style, ruler, width, MOST_LINES);
  const pitch = style.size * PITCH;
  const items = lines.map((line, index) =>
    lineItem(line, { x: 0, y: pitch * (index + 0.5), ...style, colour: theme.ink }, theme),
  ) as TextItem[];
  const small = { size: Math.round(unit * SOURCE), bold: false };
  const after = ` · ${source}`;
  const end = lines.at(-1)?.width ?? 0;
  const fits = end + measureWords(after, small, ruler).width <= width;
  const line = shortened(measureWords(fits ? after : source, small, ruler), small, ruler, width);
  const below = lines.length * pitch + (fits ? 0 : small.size * PITCH);
  // On one base line with the larger type beside it.
  const y = fits
    ? (lines.length - 0.5) * pitch + (style.size - small.size) * 0.36
    : below - (small.size * PITCH) / 2;
  items.push(lineItem(line, { x: fits ? end : 0, y, ...small, colour: theme.quiet }, theme) as TextItem);
  return { items, height: below };
}

type TextItem = Extract<Item, { kind: 'text' }>;

function addressOf({ sae, model, held: hold }: FeatureReport): string {
  const holding = hold ? ` · ${hold.by} ${formatLength(hold.strength)}` : '';
  return `layer ${sae.layer} · feature ${sae.feature}${holding} · ${readable(model.id)}`;
}

/** Without the definition that it is about where that is the first of those below. */
function verdictSentence({ held: hold }: FeatureReport, { on, ...verdict }: FeatureVerdict): string {
  return verdictWords(hold && on !== undefined ? { ...verdict, on } : verdict);
}

function verdictColour(kind: VerdictKind, theme: Theme): string {
  const colours: Record<VerdictKind, string> = {
    readsBack: theme.good,
    partly: theme.fair,
    nothing: theme.poor,
    dead: theme.poor,
    alwaysOn: theme.poor,
    notMeasured: theme.quiet,
  };
  return colours[kind];
}
