/** What both sides say, one definition a row: to the left how likely it is on the first side, to the right on the second. */
import type { ComparedSide, CompareReport } from '../../src/core/report/compare.js';
import { formatProbability } from '../../src/text/numbers.js';
import { type VisiblePiece, visiblePieces } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';
import { definitionChunks } from '../text/definitionChunks.js';
import { allDefinitions, comparable, type Definition, strongestDefinitions } from '../text/definitions.js';
import { settingWords } from '../text/settingWords.js';
import { sideHeadings, sideNames } from './words.js';

/** Definitions that are taken of each side. */
const OF_EACH = 5;
const LINES_OF_ONE = 2;
const TOKENS = 8;
/** Sizes of the type in units. */
const TYPE = { heading: 0.85, text: 0.72, small: 0.5 };

interface Row {
  definition: Definition;
  /** Probability on each side; undefined where it is below that side's cutoff. */
  shares: [number | undefined, number | undefined];
}

export function butterflyPanel(report: CompareReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const wing = width * 0.24;
  const number = unit * 2.7;
  const text = { x: wing + number, width: width - 2 * (wing + number) };
  // 1 % is as long in every picture: the wings are.
  const long = (share: number) => wing * share;
  const colours = [theme.accent, theme.other] as const;
  const items: Item[] = [];
  let y = unit * 0.6;
  sideHeadings(report).forEach((name, index) => {
    const place = { x: index === 0 ? 0 : width, y, size: unit * TYPE.heading, bold: true };
    const align = index === 0 ? 'left' : 'right';
    items.push(words(name, { ...place, align, colour: colours[index as 0 | 1] }, pen));
    const setting = settingWords(report.sides[index as 0 | 1]);
    const below = { ...place, y: y + unit * 0.9, size: unit * TYPE.small, bold: false, align } as const;
    items.push(words(setting, { ...below, colour: theme.quiet, width: wing + number }, pen));
  });
  items.push(
    words(
      'says, with probability',
      { x: width / 2, y, size: unit * TYPE.small, bold: true, align: 'middle', colour: theme.quiet },
      pen,
    ),
  );
  y += unit * 1.5;
  const style = { size: Math.round(unit * TYPE.text), bold: false };
  const pitch = style.size * 1.3;
  for (const { definition, shares } of rowsOf(report.sides)) {
    const lines = wrap(definitionChunks(definition), style, ruler, text.width, LINES_OF_ONE, ' […]');
    const tall = Math.max(1, lines.length) * pitch;
    const middle = y + tall / 2;
    items.push({ kind: 'box', x: text.x, y, width: text.width, height: tall, radius: 6, fill: theme.panel });
    lines.forEach((line, at) => {
      const first = y + pitch / 2 + at * pitch;
      const ink = definition.generic ? theme.quiet : theme.ink;
      items.push(lineItem(line, { x: width / 2, y: first, ...style, align: 'middle', colour: ink }, theme));
    });
    shares.forEach((share, index) => {
      const isLeft = index === 0;
      const edge = isLeft ? wing : width - wing;
      const label =
        share === undefined
          ? `< ${formatProbability(report.sides[index as 0 | 1].tree.cutoff)}`
          : formatProbability(share);
      const colour = share === undefined ? theme.quiet : colours[index as 0 | 1];
      const at = { x: isLeft ? edge + number - 16 : edge - number + 16, y: middle, size: style.size };
      items.push(
        words(label, { ...at, bold: share !== undefined, align: isLeft ? 'right' : 'left', colour }, pen),
      );
      if (share === undefined) return;
      const bar = Math.max(3, long(share));
      const box = { y: y + tall * 0.15, width: bar, height: tall * 0.7, radius: 0, fill: colour };
      items.push({ kind: 'box', x: isLeft ? edge - bar : edge, ...box });
    });
    y += tall + 8;
  }
  return { width, height: y, items };
}

/** The strongest of both sides, likeliest on either first. */
function rowsOf([first, second]: CompareReport['sides']): Row[] {
  const [left, right] = [sharesOf(first), sharesOf(second)];
  const rows = new Map<string, Row>();
  for (const side of [first, second])
    for (const definition of strongestDefinitions(side.tree.root, OF_EACH)) {
      const key = comparable(definition.text);
      if (!rows.has(key)) rows.set(key, { definition, shares: [left.get(key), right.get(key)] });
    }
  const most = ({ shares }: Row) => Math.max(...shares.map((share) => share ?? 0));
  return [...rows.values()].sort((a, b) => most(b) - most(a));
}

function sharesOf({ tree }: ComparedSide): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { text, probability } of allDefinitions(tree.root)) {
    const key = comparable(text);
    shares.set(key, (shares.get(key) ?? 0) + probability);
  }
  return shares;
}

/** The first tokens that are near both, and near one alone, a line each. */
export function sharedTokensPanel(report: CompareReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const [first, second] = report.sides;
  const [one, other] = sideNames(report);
  const isShared = ({ otherRank }: ComparedSide['tokens'][number]) => otherRank !== null;
  const rows = [
    { name: 'near both', tokens: first.tokens.filter(isShared), colour: theme.ink },
    {
      name: `only near ${one}`,
      tokens: first.tokens.filter((token) => !isShared(token)),
      colour: theme.accent,
    },
    {
      name: `only near ${other}`,
      tokens: second.tokens.filter((token) => !isShared(token)),
      colour: theme.other,
    },
  ];
  const style = { size: Math.round(unit * TYPE.text), bold: false };
  const pitch = style.size * 1.4;
  const items: Item[] = [];
  rows.forEach(({ name, tokens, colour }, index) => {
    const y = (index + 0.5) * pitch;
    items.push(words(name, { x: 0, y, size: style.size * 0.8, bold: true, colour }, pen));
    const left = width * 0.24;
    const [line] = wrap(chunksOf(tokens), style, ruler, width - left, 1);
    if (line) items.push(lineItem(line, { x: left, y, ...style }, theme));
    else items.push(words('none', { x: left, y, size: style.size, colour: theme.quiet }, pen));
  });
  return { width, height: rows.length * pitch, items };
}

function chunksOf(tokens: readonly { token: string }[]): VisiblePiece[][] {
  const names = [...new Set(tokens.map(({ token }) => token.trim() || token))].slice(0, TOKENS);
  return names.map((token, index) => {
    const pieces = visiblePieces([...token].slice(0, LIMITS.tokenLength).join(''));
    return index === 0 ? pieces : [{ text: '   ', mark: false }, ...pieces];
  });
}
