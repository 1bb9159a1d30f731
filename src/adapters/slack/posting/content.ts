import type { types } from '@slack/bolt';
import { shorten } from '../../../text/shorten.js';
import type { ChatButton, ChatMessage } from '../../chat/platform.js';
import { fallbackText, pieces, plainText } from './plainText.js';

/** What a message of Slack holds. */
export interface SlackContent {
  text: string;
  blocks: types.KnownBlock[];
}

/** A file of Slack's as a picture in a message. */
export interface SlackImage {
  id: string;
  altText: string;
}

/** Characters in one block; Slack takes 3 000, and counts some characters as more than one. */
const BLOCK_TEXT = 2_700;
/** Characters of all blocks of one message; Slack refuses somewhere between 9 600 and 11 300. */
const MESSAGE_TEXT = 8_000;
/** chat.update takes 4 000 characters of text; escaped ones count for up to five. */
const FALLBACK_TEXT = 700;
/** A line longer than this holds no columns any more. */
const TABLE_LINE = 300;
const BUTTON_LABEL = 75;
const BUTTONS_PER_ROW = 25;
/** Nobody reads more; the JSON file has everything. */
const MOST_MESSAGES = 8;
const TOO_LONG = '… The rest is too long for Slack.';

type Face = 'title' | 'text' | 'table';

interface Piece {
  face: Face;
  text: string;
}

/**
 * A chat message as messages of Slack, mostly one: split where Slack's limits are, the buttons under the last.
 * All text is in rich text elements, which Slack shows as they are: nothing in it can ping, link or format. Only
 * the message's own link is one.
 *
 * @param image stands above link and buttons
 * @param thread what the buttons ask is answered in this thread, of its first message's ts, wherever they stand
 */
export function slackContents(
  { title, text, table, link, buttons = [] }: ChatMessage,
  image?: SlackImage,
  thread?: string,
): SlackContent[] {
  const lines = table?.split('\n').map((line) => shorten(line, TABLE_LINE));
  const all = [
    ...inPieces('title', title),
    ...inPieces('text', text),
    ...inPieces('table', lines?.join('\n')),
  ];
  // Buttons and link stand under the last message, whichever that is.
  const below = [...imageBlocks(image), ...linkBlocks(link), ...actions(buttons, thread)];
  const labels = buttons.reduce((sum, { label }) => sum + Math.min(BUTTON_LABEL, plainText(label).length), 0);
  const most = MESSAGE_TEXT - labels - (link ? plainText(link.label).length : 0);
  const messages = inMessages(all.length > 0 ? all : [{ face: 'text', text: '…' }], most);
  const shown = messages.slice(0, MOST_MESSAGES);
  if (messages.length > shown.length) shown.at(-1)!.push({ face: 'text', text: TOO_LONG });
  return shown.map((parts, index) => ({
    text: fallbackText(shorten(parts.map((piece) => piece.text).join('\n'), FALLBACK_TEXT)),
    blocks: [...parts.map(block), ...(index === shown.length - 1 ? below : [])],
  }));
}

function inPieces(face: Face, text: string | undefined): Piece[] {
  if (!text) return [];
  return pieces(plainText(text), BLOCK_TEXT).map((piece) => ({ face, text: piece }));
}

function inMessages(all: Piece[], most: number): Piece[][] {
  const messages: Piece[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const piece of all) {
    if (length + piece.text.length > most) {
      messages.push([]);
      length = 0;
    }
    messages.at(-1)!.push(piece);
    length += piece.text.length;
  }
  return messages;
}

function block({ face, text }: Piece): types.RichTextBlock {
  const element = { type: 'text' as const, text };
  switch (face) {
    case 'table':
      return { type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [element] }] };
    case 'title':
      return {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ ...element, style: { bold: true } }] }],
      };
    case 'text':
      return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [element] }] };
  }
}

function imageBlocks(image: SlackImage | undefined): types.ImageBlock[] {
  return image ? [{ type: 'image', slack_file: { id: image.id }, alt_text: image.altText }] : [];
}

function linkBlocks(link: ChatMessage['link']): types.RichTextBlock[] {
  if (!link) return [];
  const element = { type: 'link' as const, url: link.url, text: plainText(link.label) };
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [element] }] }];
}

function actions(buttons: ChatButton[], thread: string | undefined): types.ActionsBlock[] {
  const rows: types.ActionsBlock[] = [];
  for (let start = 0; start < buttons.length; start += BUTTONS_PER_ROW) {
    const elements = buttons.slice(start, start + BUTTONS_PER_ROW).map((each) => button(each, thread));
    rows.push({ type: 'actions', elements });
  }
  return rows;
}

function button({ id, label, danger }: ChatButton, thread: string | undefined): types.Button {
  return {
    type: 'button',
    action_id: id,
    text: { type: 'plain_text', text: shorten(plainText(label), BUTTON_LABEL), emoji: false },
    ...(thread === undefined ? {} : { value: thread }),
    ...(danger ? { style: 'danger' as const } : {}),
  };
}
