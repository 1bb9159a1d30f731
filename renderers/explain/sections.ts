/** The kinds of evidence, each a panel under a heading. */
import type { DreamReport } from '../../src/core/report/dream.js';
import type { FeatureEvidence } from '../../src/core/report/evidence.js';
import type { FeatureReport } from '../../src/core/report/feature.js';
import { formatLength, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { visiblePieces } from '../../src/text/visibleToken.js';
import { contextTail } from '../panels/contextTail.js';
import { shadedAroundPeak } from '../sheet/aroundPeak.js';
import { moved } from '../sheet/arrange.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { shadedText } from '../sheet/shadedText.js';
import { measureLine, shortened, wrap } from '../sheet/typeset.js';
import { definitionChunks } from '../text/definitionChunks.js';
import { strongestDefinitions } from '../text/definitions.js';

const DEFINITIONS = 4;
const TOKENS = 8;
const EXAMPLES = 3;
/** Tokens around the peak of an example. */
const ROOM = { before: 18, after: 10 };
const LONGEST_TOKEN = 40;

/** The strongest definitions, each with its probability. */
export function definitionsPanel({ tree }: FeatureReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const size = Math.round(unit * 0.9);
  const definitions = strongestDefinitions(tree.root, DEFINITIONS);
  const items: Item[] = [];
  let y = headingInto(
    items,
    definitions.length > 0 ? 'the model defines it as' : 'no definition reaches the cutoff',
    pen,
  );
  const left = unit * 3.1;
  for (const definition of definitions) {
    const { probability, generic } = definition;
    const number = { x: left - unit * 0.5, y: y + size * 0.65, size, bold: true, align: 'right' as const };
    items.push(words(formatProbability(probability), { ...number, colour: theme.accent }, pen));
    const style = { size, bold: false };
    for (const line of wrap(definitionChunks(definition), style, ruler, width - left, 2)) {
      const placed = { x: left, y: y + size * 0.65, ...style };
      items.push(lineItem(line, generic ? { ...placed, colour: theme.quiet } : placed, theme));
      y += size * 1.35;
    }
  }
  return { width, height: y, items };
}

/** Tokens that activate the feature, each after the text in which it does so most, in two columns. */
export function tokensPanel({ tokens }: FeatureReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const active = tokens.filter(({ activation = 0, context }) => activation > 0 && context).slice(0, TOKENS);
  const items: Item[] = [];
  const top = headingInto(
    items,
    active.length > 0 ? 'tokens that activate it' : 'no token that was tried activates it',
    pen,
  );
  const size = Math.round(unit * 0.74);
  const row = size * 1.4;
  const column = (width - unit) / 2;
  const tokenAt = column * 0.52;
  const perColumn = Math.ceil(active.length / 2);
  active.forEach(({ token, context, activation }, index) => {
    const x = index < perColumn ? 0 : column + unit;
    const y = top + (index % perColumn) * row + row / 2;
    const style = { size, bold: true };
    const plain = { size, bold: false };
    const number = words(
      `${formatLength(activation!)}${context!.written ? '' : '*'}`,
      { x: x + column, y, size: size * 0.85, colour: theme.activation, align: 'right' },
      pen,
    );
    const before = contextTail(context!.before, plain, ruler, tokenAt - 8);
    items.push(
      lineItem(before, { x: x + tokenAt - before.width - 3, y, ...plain, colour: theme.quiet }, theme),
    );
    const pieces = visiblePieces([...token].slice(0, LONGEST_TOKEN).join(''));
    const room = column - tokenAt - unit * 1.9;
    const line = shortened(measureLine(pieces, style, ruler), style, ruler, room);
    items.push(lineItem(line, { x: x + tokenAt, y, ...style }, theme), number);
  });
  return { width, height: top + perColumn * row, items };
}

/** Where the feature fires in a corpus, shaded, and a published explanation. */
export function examplesPanel(evidence: FeatureEvidence, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const items: Item[] = [];
  const where = evidence.source === 'neuronpedia' ? 'fires on, from Neuronpedia' : 'fires on';
  let y = headingInto(items, where, pen);
  const [explanation] = evidence.explanations;
  if (explanation !== undefined) {
    const quoted = { x: 0, y: y + unit * 0.4, size: unit * 0.66, colour: theme.quiet, width };
    items.push(words(`explained there as “${readable(explanation)}”`, quoted, pen));
    y += unit;
  }
  const size = Math.round(unit * 0.78);
  const options = { width, size, max: evidence.maximum ?? 0, lines: 1, theme, ruler };
  for (const example of evidence.examples.slice(0, EXAMPLES)) {
    const shaded = shadedAroundPeak(example, ROOM, options);
    items.push(...moved(shaded.items, 0, y));
    y += shaded.height;
  }
  return { width, height: y, items };
}

/** The dreamt text that is fluent, where there is one, else the most active one. */
export function dreamPanel(
  { front, chosen, known: maximum }: DreamReport,
  pen: Pen,
  width: number,
): Panel | undefined {
  const text = front[chosen.fluent ?? chosen.strongest ?? -1];
  if (!text) return undefined;
  const { theme, ruler, unit } = pen;
  const items: Item[] = [];
  const what = chosen.fluent === null ? 'dreamt text, not fluent' : 'dreamt text';
  const y = headingInto(items, `${what}   ${formatLength(text.crossEntropy)} nats a token`, pen);
  const tokens = text.tokens.map(({ token }) => token);
  const activations = text.tokens.map(({ activation }) => activation);
  const size = Math.round(unit * 0.78);
  const max = Math.max(maximum ?? 0, text.activation);
  const shaded = shadedText(
    { tokens, activations, peak: text.peak },
    { width, size, max, lines: 2, theme, ruler },
  );
  items.push(...moved(shaded.items, 0, y));
  return { width, height: y + shaded.height, items };
}

/** @returns where the content below the heading begins */
function headingInto(items: Item[], text: string, pen: Pen): number {
  const { unit, theme } = pen;
  items.push(words(text, { x: 0, y: unit * 0.35, size: unit * 0.66, bold: true, colour: theme.quiet }, pen));
  return unit * 0.95;
}

/** Words as chunks, between which a line may be broken. */
export function chunksOf(text: string) {
  return text.split(/(?= )/).map((part) => [{ text: part, mark: false }]);
}
