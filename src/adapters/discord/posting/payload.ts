import {
  type APIActionRowComponent,
  type APIButtonComponentWithCustomId,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type RawFile,
} from 'discord.js';
import type { ReplyFile, ReplyPicture } from '../../../../commands/line/command.js';
import type { ChatButton } from '../../chat/platform.js';
import { label } from './markdown.js';
import type { Page } from './pages.js';

/** The JSON of a message, for every route that takes one. */
export interface MessageBody {
  content: string;
  flags: number;
  allowed_mentions: { parse: [] };
  components: APIMessageTopLevelComponent[];
  attachments?: { id: number; filename: string; description?: string }[];
}

/** A file with what Discord wants to know about it. */
export interface Attachment {
  file: RawFile & { name: string; data: Buffer };
  description?: string;
}

const BUTTONS_IN_ROW = 5;
const LABEL_LENGTH = 80;
const DESCRIPTION_LENGTH = 1024;

/** No answer notifies anybody or unfolds a link, whatever its text says. */
export function messageBody({ content, buttons }: Page): MessageBody {
  return {
    content,
    flags: MessageFlags.SuppressEmbeds,
    allowed_mentions: { parse: [] },
    components: rows(buttons),
  };
}

/** A message with a file below its text. */
export function withAttachment(body: MessageBody, { file, description }: Attachment): MessageBody {
  const about = { id: 0, filename: file.name, ...(description === undefined ? {} : { description }) };
  return { ...body, attachments: [about] };
}

export function pictureAttachment({ name, alt, png }: ReplyPicture): Attachment {
  return {
    file: { name, data: png, contentType: 'image/png' },
    description: label(alt, DESCRIPTION_LENGTH),
  };
}

/** The file indented for people, or without spaces where that would be too large. */
export function jsonAttachment({ name, type, content }: ReplyFile, longest: number): Attachment {
  const legible = Buffer.from(`${JSON.stringify(content, null, 2)}\n`);
  const data = legible.length <= longest ? legible : Buffer.from(JSON.stringify(content));
  return { file: { name, data, contentType: type } };
}

function rows(buttons: ChatButton[]): APIMessageTopLevelComponent[] {
  const all = buttons.map(
    ({ id, label: text, danger }): APIButtonComponentWithCustomId => ({
      type: ComponentType.Button,
      style: danger ? ButtonStyle.Danger : ButtonStyle.Secondary,
      label: label(text, LABEL_LENGTH),
      custom_id: id,
    }),
  );
  const result: APIActionRowComponent<APIButtonComponentWithCustomId>[] = [];
  // Rows of about the same length, so that none holds a single button.
  const length = Math.ceil(all.length / Math.ceil(all.length / BUTTONS_IN_ROW));
  for (let start = 0; start < all.length; start += length) {
    result.push({ type: ComponentType.ActionRow, components: all.slice(start, start + length) });
  }
  return result;
}
