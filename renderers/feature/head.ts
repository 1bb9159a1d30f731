/** The first lines of a picture: what it is of, the label in the largest type, and whether what is said holds. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import type { FeatureVerdict, VerdictKind } from '../../src/core/report/verdict.js';
import { formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { lineItem, type Pen } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { measureWords, shortened, wrap } from '../sheet/typeset.js';
import { labelHolds, labelSource, labelWords, VERDICT_MARKS, verdictWords } from '../text/verdictWords.js';
import { wordChunks } from '../text/wordChunks.js';
import { READ, SMALL } from './type.js';

/** Sizes of the title: as large as it fits. */
const TITLES = [72, 60, 52, 46];
const VERDICT = 44;
const MOST_LINES = 2;
const PITCH = 1.3; // of the type's size

export function headPanel(report: FeatureReport, pen: Pen, width: number): Panel {
  const { theme, ruler } = pen;
  const items: Item[] = [];
  let y = 0;
  const put = (text: string, size: number, colour: string, bold = false, most = MOST_LINES) => {
    const style = { size, bold };
    for (const line of wrap(wordChunks(text), style, ruler, width, most)) {
      items.push(lineItem(line, { x: 0, y: y + (size * PITCH) / 2, ...style, colour }, theme));
      y += size * PITCH;
    }
  };
  const title = titleOf(report);
  if (title) {
    put(addressOf(report), READ, theme.quiet, false, 1);
    const placed = titleItems(title, pen, width);
    items.push(...placed.items.map((item) => ({ ...item, y: item.y + y })));
    y += placed.height;
  } else put(addressOf(report), TITLES[2]!, theme.ink, true);
  if (report.verdict) {
    const { kind } = report.verdict;
    put(
      `${VERDICT_MARKS[kind]} ${verdictSentence(report, report.verdict)}`,
      VERDICT,
      verdictColour(kind, theme),
      true,
    );
    const holds = report.verdict.label ? labelHolds(report.verdict.label) : [];
    if (holds.length > 0 && kind !== 'dead')
      put(`on other texts: ${holds.join(', ')}`, READ, theme.quiet, false, 1);
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
  const { theme, ruler } = pen;
  const after = ` · ${source}`;
  const beside = measureWords(after, { size: READ, bold: false }, ruler).width;
  const fitsIn = (room: number) =>
    TITLES.find((large) => measureWords(text, { size: large, bold: true }, ruler).width <= room);
  const size = fitsIn(width - beside) ?? fitsIn(width);
  const style = { size: size ?? TITLES.at(-1)!, bold: true };
  const lines = wrap(wordChunks(text), style, ruler, width, MOST_LINES);
  const pitch = style.size * PITCH;
  const items = lines.map((line, index) =>
    lineItem(line, { x: 0, y: pitch * (index + 0.5), ...style, colour: theme.ink }, theme),
  ) as TextItem[];
  const end = lines.at(-1)?.width ?? 0;
  // In large type where that fits beside the title, else in small type there, else below.
  const fitting = [READ, SMALL].find(
    (large) => end + measureWords(after, { size: large, bold: false }, ruler).width <= width,
  );
  const small = { size: fitting ?? SMALL, bold: false };
  const line = shortened(measureWords(fitting ? after : source, small, ruler), small, ruler, width);
  const below = lines.length * pitch + (fitting ? 0 : small.size * PITCH);
  // On one base line with the larger type beside it.
  const y = fitting
    ? (lines.length - 0.5) * pitch + (style.size - small.size) * 0.36
    : below - (small.size * PITCH) / 2;
  items.push(lineItem(line, { x: fitting ? end : 0, y, ...small, colour: theme.quiet }, theme) as TextItem);
  return { items, height: below };
}

type TextItem = Extract<Item, { kind: 'text' }>;

function addressOf({ sae, model, held: hold, parameters }: FeatureReport): string {
  const holding = hold ? ` · ${hold.by} ${formatLength(hold.strength)}` : '';
  return `layer ${sae.layer} · feature ${sae.feature} · ${parameters.weights}${holding} · ${readable(model.id)}`;
}

/** Without the definition that it is about where that is the first of those below. */
function verdictSentence(
  { held: hold }: FeatureReport,
  { on, label: _label, ...verdict }: FeatureVerdict,
): string {
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
