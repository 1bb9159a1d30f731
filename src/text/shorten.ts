/**
 * The text, or its beginning with `…` where it is longer than `most` UTF-16 units, which chats count. What a reader
 * sees as one character, such as a flag or a letter with its accents, is shown whole or not at all.
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const room = Math.max(0, most - 1);
  return `${text.slice(0, lastBoundary(text, room) || wholeCodePoints(text, room))}…`;
}

/** Untrusted text as one line of at most `most` UTF-16 units: whatever controls, turns or hides text becomes a space. */
export function oneLine(text: string, most: number): string {
  return shorten(text.replaceAll(/[\p{C}\s]+/gu, ' ').trim(), most);
}

/** Index of the last boundary between characters at or before `end`; 0 where the first one is longer. */
function lastBoundary(text: string, end: number): number {
  let boundary = 0;
  // Two units more, because whether a character ends at `end` depends on the next code point.
  for (const { index } of new Intl.Segmenter().segment(text.slice(0, end + 2))) {
    if (index > end) break;
    boundary = index;
  }
  return boundary;
}

/** `end`, or one less where that would cut a surrogate pair. */
function wholeCodePoints(text: string, end: number): number {
  return end > 0 && text.codePointAt(end - 1)! > 0xffff ? end - 1 : end;
}
