import { shorten } from '../../../text/shorten.js';

/** Longer runs without a space are cut: they would push everything else out of a message. */
const LONGEST_WORD = 300;
/** Columns of a table, for the same reason. */
const LONGEST_TABLE_LINE = 160;

/** Characters that change the reading direction, break lines or cannot be seen; tab and newline may stay. */
const UNSEEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]|\p{Cs}/gu;

/**
 * Text as Markdown that Discord shows as it is: nothing in it is a mention, a link, an emoji name or a format.
 * `allowed_mentions` keeps it from notifying anybody; this keeps it from looking as if it did.
 */
export function plain(text: string): string {
  return (
    clipWords(visible(text))
      // Addresses need "://", or a slash as in discord.gg/x; emoji names and times need a colon.
      .replace(/[\\*_~`|<>@[\]]|:(?=\S)|(?<=\S)\//g, '\\$&')
      // Headings, lists and small print, at the start of a line only.
      .replace(/^([ \t]*)([#+-])/gm, '$1\\$2')
      .replace(/^([ \t]*\d+)\.(?=\s)/gm, '$1\\.')
  );
}

/** Lines of a table, for between the fences of a code block: nothing in them can end it. */
export function tableLines(table: string): string[] {
  return visible(table)
    .replaceAll(/`(?=`)/g, '`\u200B')
    .split('\n')
    .map((line) => shorten(line, LONGEST_TABLE_LINE));
}

/** Text without formatting, for names, labels and descriptions: one line of limited length. */
export function label(text: string, length: number): string {
  return shorten(visible(text).replaceAll(/\s+/g, ' ').trim(), length);
}

function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(UNSEEN, codeName);
}

function codeName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Longest runs without a space are cut, since they would push everything else out of a message. */
export function clipWords(text: string): string {
  return text.replaceAll(/\S+/g, (word) => shorten(word, LONGEST_WORD));
}
