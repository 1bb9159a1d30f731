import type { ChatButton, ChatMessage } from '../../chat/platform.js';
import { clipWords, label, plain, tableLines } from './markdown.js';

/** One Discord message. */
export interface Page {
  /** Markdown. */
  content: string;
  buttons: ChatButton[];
}

/** Discord takes 2 000 characters; the rest is for a sentence that says why the answer came another way. */
const PAGE_LENGTH = 1700;
/** Enough for a command line with a long prompt; anything longer is cut. */
const MOST_PAGES = 6;

const FENCE = { open: '```\n', close: '\n```' };
const NO_FENCE = { open: '', close: '' };

/** Splits a message at lines, then at words, so that each part is whole; buttons go below the last. */
export function toPages({ title, text, table, link, buttons = [] }: ChatMessage): Page[] {
  const pages: string[] = [];
  if (title) fill(pages, [`**${plain(label(title, 250))}**`], NO_FENCE);
  if (text) fill(pages, beginning(text).split('\n').flatMap(wrapped), NO_FENCE);
  if (table) fill(pages, tableLines(table), FENCE);
  // The angle brackets keep Discord from unfolding a preview.
  if (link) fill(pages, [`[${plain(link.label)}](<${link.url}>)`], NO_FENCE);
  // Discord trims messages, and refuses empty ones.
  const contents = pages.filter((content) => content.trim() !== '');
  if (contents.length === 0) contents.push('…');
  if (contents.length > MOST_PAGES) contents.splice(MOST_PAGES, Number.POSITIVE_INFINITY, '…');
  return contents.map((content, index) => ({
    content,
    buttons: index === contents.length - 1 ? buttons : [],
  }));
}

/** Adds lines to the last page, and to new ones when it is full. Each page opens and closes its own fence. */
function fill(pages: string[], lines: string[], { open, close }: typeof FENCE): void {
  let page = pages.pop() ?? '';
  let inside = false;
  for (const line of lines) {
    const before = inside ? '\n' : `${page && '\n'}${open}`;
    const isFull = page !== '' && page.length + before.length + line.length + close.length > PAGE_LENGTH;
    if (isFull) pages.push(inside ? page + close : page);
    page = isFull ? open + line : page + before + line;
    inside = true;
  }
  pages.push(inside ? page + close : page);
}

/** A line as Markdown, in several pieces where one would not fit a page. */
function wrapped(line: string): string[] {
  const whole = plain(line);
  if (whole.length <= PAGE_LENGTH) return [whole];
  const pieces: string[] = [];
  let piece: string[] = [];
  let length = 0;
  for (const word of line.split(' ')) {
    const wordLength = plain(word).length + 1;
    // Half a page, so that it still fits below a title.
    if (piece.length > 0 && length + wordLength > PAGE_LENGTH / 2) {
      pieces.push(plain(piece.join(' ')));
      piece = [];
      length = 0;
    }
    piece.push(word);
    length += wordLength;
  }
  return [...pieces, plain(piece.join(' '))];
}

/** As much of a text as can be shown, and a page more, so that people see that something is missing. */
function beginning(text: string): string {
  // Words first: a long one is not shown whole, and must not cost what follows it.
  return clipWords(text).slice(0, (MOST_PAGES + 1) * PAGE_LENGTH);
}
