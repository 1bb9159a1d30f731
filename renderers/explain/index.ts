/** The picture of an answer to `/explain`: the explanation, and below it what it was made from. */
import type { ExplainReport } from '../../src/explanation/report.js';
import { readable } from '../../src/text/readable.js';
import { COLUMN, type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { headPanel } from '../panels/head.js';
import { keyPanel } from '../panels/key.js';
import { lineItem, type Pen } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { shades } from '../sheet/shadedText.js';
import { THEMES, type ThemeName } from '../sheet/theme.js';
import { wrap } from '../sheet/typeset.js';
import { headSentences, headWords } from '../text/headWords.js';
import { chunksOf, definitionsPanel, dreamPanel, examplesPanel, tokensPanel } from './sections.js';
import { factsOf, scoreWords, surenessWords, writerWords } from './words.js';

const { width: WIDTH, unit: UNIT } = COLUMN;
const GAP = 26; // pixels
/** Lines of the explanation: enough for four hundred characters. */
const LINES = 9;

/**
 * @param options.theme default: the report's
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawExplain(
  report: ExplainReport,
  options: { theme?: ThemeName } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = await columnPen(theme);
  const { feature, evidence, dream } = report.parts;
  const sections = [
    feature && definitionsPanel(feature, pen, WIDTH),
    feature?.hybrid && tokensPanel(feature, pen, WIDTH),
    evidence && evidence.examples.length > 0 ? examplesPanel(evidence, pen, WIDTH) : undefined,
    dream && dreamPanel(dream, pen, WIDTH),
  ];
  const panels = [
    titlePanel(report, pen),
    explanationPanel(report, pen),
    ...sections.filter((panel) => panel !== undefined),
    keyPanel(keyOf(report), pen, WIDTH, 17, 6),
  ];
  return { ...(await paintColumn(panels, GAP, theme, shades(theme))), alt: explainAltText(report) };
}

function titlePanel({ model, sae }: ExplainReport, pen: Pen): Panel {
  const details = [sae.hook, sae.release, model.dtype];
  const title = `layer ${sae.layer} · feature ${sae.feature}`;
  return headPanel({ title, model, command: 'explain', details }, pen, WIDTH);
}

/** Label and verdict, the sentence, how sure it is, and the measured facts in short. */
function explanationPanel(report: ExplainReport, pen: Pen): Panel {
  const { theme, ruler } = pen;
  const { explanation } = report;
  const padding = UNIT * 0.5;
  const inside = WIDTH - 2 * padding;
  const items: Item[] = [];
  let y = padding;
  const write = (text: string, size: number, bold: boolean, colour: string, lines: number) => {
    const style = { size: Math.round(size), bold };
    for (const line of wrap(chunksOf(text), style, ruler, inside, lines)) {
      items.push(lineItem(line, { x: padding, y: y + size * 0.65, ...style, colour }, theme));
      y += size * 1.36;
    }
  };
  const { evidence, feature } = report.parts;
  const [label, verdict] = [headWords({ evidence }), headWords({ verdict: feature?.verdict })];
  for (const line of label) write(line, UNIT, true, theme.ink, 2);
  for (const line of verdict) write(line, UNIT * 0.8, false, theme.ink, 2);
  if (label.length + verdict.length > 0) y += UNIT * 0.3;
  write(readable(explanation.text), UNIT, true, theme.ink, LINES);
  y += UNIT * 0.3;
  const head = [surenessWords(explanation), readable(writerWords(explanation)), ...scoreWords(explanation)];
  write(head.join(' · '), UNIT * 0.8, true, theme.ink, 2);
  const facts = factsOf(report);
  if (facts.length > 0) write(facts.join(' · '), UNIT * 0.8, false, theme.quiet, 2);
  const height = y + padding * 0.7;
  const ground: Item = {
    kind: 'box',
    x: 0,
    y: 0,
    width: WIDTH,
    height,
    radius: UNIT * 0.35,
    fill: theme.panel,
  };
  return { width: WIDTH, height, items: [ground, ...items] };
}

function keyOf({ explanation, missing, sae }: ExplainReport): string[] {
  return [
    `How sure: ${explanation.sureness.because.join('; ')}.`,
    ...(explanation.scores
      ? [
          `Scores: balanced accuracy on held-out snippets, 0.5 is chance: ${scoreWords(explanation, true).join(', ')}.`,
        ]
      : []),
    'Percentages: cumulative probability. Shaded, and numbers at tokens: activation; * the token was put there.',
    ...missing.map(({ part, reason }) => `Without ${part}: ${readable(reason)}.`),
    ...(sae.parity.note ? [readable(sae.parity.note)] : []),
  ];
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function explainAltText(report: ExplainReport): string {
  const { model, sae, explanation } = report;
  const facts = [surenessWords(explanation), ...scoreWords(explanation), ...factsOf(report)];
  const { evidence, feature } = report.parts;
  return `${headSentences({ evidence, verdict: feature?.verdict })}Explanation of ${model.id}, layer ${sae.layer}, feature ${sae.feature}: ${readable(explanation.text)} (${facts.join(', ')}.)`;
}
