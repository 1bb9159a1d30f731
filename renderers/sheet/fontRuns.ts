/**
 * Splits shown text into runs that one shipped font can draw alone. node-canvas has no usable fallback on
 * Linux: without this, everything beyond the first font becomes boxes.
 */

import { codeName, type VisiblePiece } from '../../src/text/visibleToken.js';
import { covers, shippedFonts } from './coverage.js';

export interface FontRun {
  text: string;
  /** Index into `shippedFonts()`. */
  font: number;
  mark: boolean;
}

/** Characters that shape their neighbours but need no glyph. */
const NEEDS_NO_GLYPH = /\u200C|\u200D|\uFE0E|\uFE0F/u;
const EMOJI = /\p{Emoji_Presentation}|\uFE0F/u;
const STRONG_RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\u{0800}-\u{08FF}\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const ASCII = /^[\x20-\x7e]+$/;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const fontOfCluster = new Map<string, number>();

/** @returns the runs in drawing order; a character that no shipped font has becomes its code, as a mark */
export function fontRuns(pieces: readonly VisiblePiece[]): FontRun[] {
  const runs: FontRun[] = [];
  for (const { text, mark } of pieces) {
    if (ASCII.test(text)) {
      append(runs, text, 0, mark);
      continue;
    }
    for (const { segment } of segmenter.segment(text)) appendCluster(runs, segment, mark);
  }
  return runs;
}

function appendCluster(runs: FontRun[], cluster: string, mark: boolean): void {
  const font = fontFor(cluster);
  if (font >= 0) {
    append(runs, cluster, font, mark);
    return;
  }
  for (const character of cluster) {
    if (NEEDS_NO_GLYPH.test(character)) continue;
    const ownFont = fontFor(character);
    if (ownFont >= 0) append(runs, character, ownFont, mark);
    else append(runs, codeName(character), 0, true);
  }
}

/** The first font with all glyphs of the cluster (for emoji: the emoji font before the others), or -1. */
function fontFor(cluster: string): number {
  const fontOfBefore = fontOfCluster.get(cluster);
  if (fontOfBefore !== undefined) return fontOfBefore;
  const codes = [...cluster].filter((c) => !NEEDS_NO_GLYPH.test(c)).map((c) => c.codePointAt(0)!);
  const fonts = shippedFonts();
  const emojiFont = fonts.findIndex(({ file }) => file.startsWith('NotoEmoji'));
  const order = fonts.map((_, index) => index);
  if (EMOJI.test(cluster) && emojiFont >= 0) order.unshift(emojiFont);
  const font = order.find((index) => codes.every((code) => covers(fonts[index]!, code))) ?? -1;
  if (fontOfCluster.size > 50_000) fontOfCluster.clear(); // a chat bot lives for months
  fontOfCluster.set(cluster, font);
  return font;
}

function append(runs: FontRun[], text: string, font: number, mark: boolean): void {
  const last = runs.at(-1);
  // Left-to-right and right-to-left text never share a run, so no run can reorder its neighbours.
  const joins =
    last && last.font === font && last.mark === mark && isRightToLeft(last.text) === isRightToLeft(text);
  if (joins) last.text += text;
  else runs.push({ text, font, mark });
}

/** Whether a text has a letter that runs from right to left. */
export function isRightToLeft(text: string): boolean {
  return STRONG_RIGHT_TO_LEFT.test(text);
}
