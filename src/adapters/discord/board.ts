import { createHash } from 'node:crypto';
import {
  type APIMessage,
  type APIMessageTopLevelComponent,
  type Client,
  ComponentType,
  DiscordjsError,
  PermissionFlagsBits,
  RESTJSONErrorCodes,
} from 'discord.js';
import { type Notice, type NoticeBoard, type NoticeControl, NoticeError } from '../chat/platform.js';
import type { DiscordApi } from './posting/api.js';
import { isCode, isRefusal, neverSent, whyNoFile, whyRefused } from './posting/failures.js';
import { findPast } from './posting/history.js';
import { label } from './posting/markdown.js';
import { toPages } from './posting/pages.js';
import {
  type Attachment,
  type MessageBody,
  messageBody,
  pictureAttachment,
  withAttachment,
} from './posting/payload.js';

const THREAD_NAME_LENGTH = 100;
/** Discord's limit for nonces is 25. */
const NONCE_LENGTH = 24;
const MISSING = 'The picture is missing:';

/** A message to be posted, or looked for. */
interface Page {
  body: MessageBody;
  attachment?: Attachment;
  nonce: string;
}

/**
 * Posts notices on Discord. The nonce keeps a message from being posted twice for some minutes, but Discord does not
 * store it; later, a message is recognised by the ids of its buttons or the name of its file, which people do not see.
 */
export class DiscordBoard implements NoticeBoard {
  readonly name = 'Discord';

  constructor(
    private readonly client: Client<true>,
    private readonly api: DiscordApi,
  ) {}

  reaches(channel: string): boolean {
    const [platform, id = ''] = channel.split(':');
    const { channels, ws } = this.client;
    // Direct messages, and servers that nobody else knows, belong to the process that has the first shard.
    return platform === 'discord' && (channels.cache.has(id) || ws.shards.has(0));
  }

  /** A thread has the id of the message it hangs on. */
  threadOf(message: string): string {
    return `discord:${message.split(':')[2]}`;
  }

  async post(notice: Notice, control: NoticeControl): Promise<string> {
    const channelId = await this.open(notice, control);
    let first: string | undefined;
    for (const page of pagesOf(notice)) {
      const posted = control.again ? await this.look(channelId, page) : undefined;
      if (posted === undefined) await control.confirm();
      const id = posted ?? (await this.postPage(channelId, page, notice, first !== undefined));
      first ??= id;
    }
    return `${notice.channel}:${first!}`;
  }

  async find(notice: Notice): Promise<string | undefined> {
    const id = await this.look(await this.placeOf(notice), pagesOf(notice)[0]!);
    return id && `${notice.channel}:${id}`;
  }

  /** @param begun whether the beginning of the notice stands, so that the next attempt must look for it */
  private async postPage(channelId: string, page: Page, notice: Notice, begun: boolean): Promise<string> {
    const { body, attachment, nonce } = page;
    const post = async (sent: MessageBody, files = attachment ? [attachment.file] : []) =>
      (await this.api.createMessage(channelId, sent, files, nonce)).id;
    try {
      return await post(attachment ? withAttachment(body, attachment) : body);
    } catch (error) {
      if (!attachment || !isRefusal(error)) throw noticeError(error, begun);
      return post(inWords(notice, whyNoFile(error)), []).catch((refusal: unknown) => {
        throw noticeError(refusal);
      });
    }
  }

  /** Where the notice is posted; a thread is started if need be. */
  private async open(notice: Notice, { confirm }: NoticeControl): Promise<string> {
    const place = await this.placeOf(notice);
    const channelId = channelOf(notice);
    if (place === channelId) return channelId;
    await confirm();
    try {
      const name = label(notice.title, THREAD_NAME_LENGTH) || 'ghosttree';
      return await this.api.startThread({ channelId, id: place }, name);
    } catch (error) {
      throw noticeError(error);
    }
  }

  /** The thread of the notice it belongs below, or the channel; direct messages have no threads. */
  private async placeOf(notice: Notice): Promise<string> {
    const channelId = channelOf(notice);
    if (notice.below === undefined) return channelId;
    const channel = await this.channel(channelId);
    return channel?.isDMBased() ? channelId : notice.below.split(':')[2]!;
  }

  /** @throws {NoticeError} */
  private async look(channelId: string, page: Page): Promise<string | undefined> {
    const parent = await this.channel(channelId);
    try {
      const posted = await findPast(this.api, channelId, (message) => this.isOf(message, page));
      if (posted === 'unknown') throw new NoticeError('hidden', 'too much was said since');
      if (posted) return posted.id;
    } catch (error) {
      // A thread that was never started.
      if (isCode(error, RESTJSONErrorCodes.UnknownChannel)) return undefined;
      if (error instanceof NoticeError) throw error;
      if (isRefusal(error))
        throw new NoticeError('hidden', `the channel cannot be read (${whyRefused(error)})`);
      throw new NoticeError('unreachable', 'Discord cannot be reached');
    }
    // Without the permission Discord shows no messages, and no error.
    const mayRead =
      parent?.isDMBased() ||
      (parent && 'permissionsFor' in parent
        ? parent.permissionsFor(this.client.user)?.has(PermissionFlagsBits.ReadMessageHistory)
        : false);
    if (mayRead) return undefined;
    throw new NoticeError('hidden', 'I lack the permission "Read Message History" here');
  }

  private async channel(id: string) {
    try {
      return await this.client.channels.fetch(id);
    } catch (error) {
      // A DiscordjsError: the channel is in a server of another process.
      if (isRefusal(error) || error instanceof DiscordjsError) return null;
      throw noticeError(error);
    }
  }

  private isOf(message: APIMessage, { body, attachment }: Page): boolean {
    if (message.author.id !== this.client.user.id) return false;
    if (attachment) {
      const { name } = attachment.file;
      return (
        message.attachments.some(({ filename }) => filename === name) || message.content.startsWith(MISSING)
      );
    }
    const buttonIds = buttonsOf(body.components);
    if (buttonIds.length > 0) return buttonsOf(message.components ?? []).some((id) => buttonIds.includes(id));
    // Discord trims what it stores.
    return message.content.trim() === body.content.trim();
  }
}

function channelOf({ channel }: Notice): string {
  return channel.split(':')[1]!;
}

function pagesOf({ key, shows }: Notice): Page[] {
  const nonce = (index: number) =>
    createHash('sha256').update(`${key} ${index}`).digest('hex').slice(0, NONCE_LENGTH);
  if ('picture' in shows) {
    const body = messageBody({ content: '', buttons: [] });
    return [{ body, attachment: pictureAttachment(shows.picture), nonce: nonce(0) }];
  }
  return toPages(shows.message).map((page, index) => ({ body: messageBody(page), nonce: nonce(index) }));
}

/** What is posted where a picture is refused; it fits one message. */
function inWords({ shows }: Notice, why: string): MessageBody {
  const alt = 'picture' in shows ? shows.picture.alt : '';
  return messageBody(toPages({ text: `${MISSING} ${why}.\n${alt}` })[0]!);
}

function buttonsOf(components: readonly APIMessageTopLevelComponent[]): string[] {
  const rows = components.filter((component) => component.type === ComponentType.ActionRow);
  return rows.flatMap(({ components: row }) =>
    row.flatMap((component) => ('custom_id' in component ? [component.custom_id] : [])),
  );
}

/** What became of a notice that failed. */
function noticeError(error: unknown, begun = false): NoticeError {
  if (begun) return new NoticeError('lost', 'Discord took only its beginning');
  if (isRefusal(error)) return new NoticeError('refused', `Discord refuses it (${whyRefused(error)})`);
  if (neverSent(error)) return new NoticeError('unreachable', 'Discord cannot be reached');
  return new NoticeError('lost', 'Discord did not answer');
}
