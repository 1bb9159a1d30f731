/** Measured text: lines of font runs with their widths. Needs a ruler, so that layout stays free of canvas. */

import { shorten } from '../../src/text/shorten.js';
import { type VisiblePiece, visiblePieces } from '../../src/text/visibleToken.js';
import { type FontRun, fontRuns } from './fontRuns.js';

export interface Style {
  /** Font size in pixels. */
  size: number;
  bold: boolean;
}

/** Width in pixels of a run in a style. */
export type Ruler = (run: FontRun, style: Style) => number;

export interface Line {
  runs: (FontRun & { width: number })[];
  width: number;
}

export function measureLine(pieces: readonly VisiblePiece[], style: Style, ruler: Ruler): Line {
  const runs = fontRuns(pieces).map((run) => ({ ...run, width: ruler(run, style) }));
  return { runs, width: runs.reduce((sum, run) => sum + run.width, 0) };
}

/** A line of plain words, not shown as tokens. */
export function measureWords(words: string, style: Style, ruler: Ruler): Line {
  return measureLine([{ text: words, mark: false }], style, ruler);
}

/**
 * Breaks unbreakable chunks (tokens) into lines of at most `width` pixels and `most` lines.
 *
 * @param mark what stands for the rest
 */
export function wrap(
  chunks: readonly VisiblePiece[][],
  style: Style,
  ruler: Ruler,
  width: number,
  most: number,
  mark = '…',
): Line[] {
  const lines: Line[] = [];
  let current: Line = { runs: [], width: 0 };
  const last = () => lines.length + 1 >= most;
  for (const chunk of chunks) {
    const measured = measureLine(chunk, style, ruler);
    if (current.width > 0 && current.width + measured.width > width) {
      if (last()) {
        lines.push(withEllipsis(current, style, ruler, width, mark));
        return lines;
      }
      lines.push(current);
      const trimmed = measureLine(trimStart(chunk), style, ruler);
      current = shortened(trimmed, style, ruler, width, mark);
    } else {
      const fits = shortened(measured, style, ruler, width, mark);
      current = { runs: [...current.runs, ...fits.runs], width: current.width + fits.width };
    }
  }
  if (current.runs.length > 0) lines.push(current);
  return lines;
}

/** The line itself, or its beginning with an ellipsis when it is wider than `width`. */
export function shortened(line: Line, style: Style, ruler: Ruler, width: number, mark = '…'): Line {
  return line.width <= width ? line : withEllipsis(line, style, ruler, width, mark);
}

function withEllipsis(line: Line, style: Style, ruler: Ruler, width: number, mark: string): Line {
  const dots = { text: mark, font: 0, mark: mark !== '…' };
  const dotsWidth = ruler(dots, style);
  const runs: Line['runs'] = [];
  let used = 0;
  for (const run of line.runs) {
    if (used + run.width + dotsWidth <= width) {
      runs.push(run);
      used += run.width;
      continue;
    }
    const characters = [...run.text];
    // First guessed from the run's mean character width, then reduced to what fits.
    let keep = Math.floor((characters.length * (width - used - dotsWidth)) / Math.max(1, run.width));
    for (; keep > 0; keep = Math.min(keep - 1, Math.floor(keep * 0.9))) {
      const part = { ...run, text: characters.slice(0, keep).join('') };
      const partWidth = ruler(part, style);
      if (used + partWidth + dotsWidth > width) continue;
      runs.push({ ...part, width: partWidth });
      used += partWidth;
      break;
    }
    break;
  }
  runs.push({ ...dots, width: dotsWidth });
  return { runs, width: used + dotsWidth };
}

function trimStart(chunk: readonly VisiblePiece[]): VisiblePiece[] {
  const [first, ...rest] = chunk;
  if (!first) return [];
  const text = first.text.replace(/^ +/, '');
  return text === '' && rest.length > 0 ? rest : [{ ...first, text: text || first.text }, ...rest];
}

/** A token inside running text: spaces separate words, everything else unseen is marked. Long tokens end in `…`. */
export function flowingPieces(token: string, longest: number): VisiblePiece[] {
  const text = shorten(token, longest);
  if (text === '') return visiblePieces('');
  if (/^ +$/.test(text)) return [{ text: '·'.repeat(text.length), mark: true }];
  return text.split(/( )/).flatMap((part) => {
    if (part === '') return [];
    return part === ' ' ? [{ text: ' ', mark: false }] : visiblePieces(part);
  });
}
