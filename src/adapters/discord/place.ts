import type { RawFile } from 'discord.js';
import type { ReplyFile, ReplyPicture } from '../../../commands/command.js';
import type { AnswerPlace, ChatMessage } from '../chat/platform.js';
import type { DiscordApi, Posted } from './api.js';
import { isRefusal, whyNoFile } from './failures.js';
import type { InteractionResponse } from './interactionResponse.js';
import { label, plain } from './markdown.js';
import { toPages } from './pages.js';
import {
  type Attachment,
  jsonAttachment,
  type MessageBody,
  messageBody,
  pictureAttachment,
  withAttachment,
} from './payload.js';
import { ChannelWay, DirectWay, FollowUpWay, ThreadWay, type Way } from './ways.js';

/** Bots may attach 10 MiB. */
const LONGEST_FILE = 10 * 1024 * 1024;
const THREAD_NAME_LENGTH = 100;
/** An announcement that people delete is posted again so often. */
const MOST_REPOSTS = 2;

/** Where a command came from, and what may be done there. */
export interface Source {
  userId: string;
  channelId: string;
  /** Whether the channel is one of direct messages. */
  isDirect: boolean;
  /** Whether messages there can have threads; a sentence says why they cannot although one would expect it. */
  threads: boolean | string;
  /** Absent when the command was a message. */
  response?: InteractionResponse;
  /** The message whose thread the answer belongs to, instead of one of its own. */
  target?: Posted;
}

/** Where one answer goes on Discord: the best of several ways that Discord does not refuse. */
export class DiscordPlace implements AnswerPlace {
  /** Discord asks for no more than one progress edit in five seconds. */
  readonly editEvery = 5000;
  private ways: Way[];
  private announcement: Posted | undefined;
  private title = 'ghosttree';
  private reposts = 0;
  /** A sentence for the top of the next message. */
  private note: string | undefined;
  /** The one above the message that was posted last, and above the announcement, which keeps it. */
  private lastNote: string | undefined;
  private announcementNote: string | undefined;

  constructor(
    private readonly api: DiscordApi,
    private readonly source: Source,
  ) {
    const { channelId, userId, response, target, threads } = source;
    const parent = () => target ?? this.ownParent();
    const name = () => label(this.title, THREAD_NAME_LENGTH) || 'ghosttree';
    this.ways = [
      ...(threads === true ? [new ThreadWay(api, parent, name)] : []),
      new ChannelWay(api, channelId),
      ...(response ? [new FollowUpWay(response, channelId)] : []),
      ...(source.isDirect ? [] : [new DirectWay(api, userId)]),
    ];
  }

  get thread(): string {
    const open = this.ways.find(({ isOpen, channelId }) => isOpen && channelId !== undefined);
    return `discord:${open?.channelId ?? this.source.channelId}`;
  }

  async announce(message: ChatMessage): Promise<void> {
    this.title = message.title ?? this.title;
    const [first, ...rest] = toPages(message).map(messageBody) as [MessageBody, ...MessageBody[]];
    const { response } = this.source;
    this.announcement = await response?.reply(first);
    this.announcement ??= await this.postAnnouncement(first);
    // After the announcement, so that it says where to look.
    if (await response?.works()) await response?.settle(pointer(this.announcement.channelId));
    for (const body of rest) await this.post(body);
    if (typeof this.source.threads === 'string') this.note = this.source.threads;
  }

  async edit(message: ChatMessage): Promise<void> {
    if (!this.announcement) return this.announce(message);
    const [first, ...rest] = toPages(message).map(messageBody) as [MessageBody, ...MessageBody[]];
    try {
      await this.change(this.announcement, first);
    } catch (error) {
      if (!isRefusal(error) || ++this.reposts > MOST_REPOSTS) throw error;
      this.announcement = await this.postAnnouncement(first);
    }
    for (const body of rest) await this.post(body);
  }

  async say(message: ChatMessage): Promise<void> {
    for (const page of toPages(message)) await this.post(messageBody(page));
  }

  async picture(picture: ReplyPicture, title: string): Promise<void> {
    await this.postFile({ title, text: '' }, pictureAttachment(picture), 'The picture', picture.alt);
  }

  async file(file: ReplyFile): Promise<void> {
    await this.postFile({ text: file.name }, jsonAttachment(file, LONGEST_FILE), 'The file');
  }

  async whisper(message: ChatMessage): Promise<void> {
    for (const page of toPages(message)) await this.whisperPage(messageBody(page));
  }

  /** Tells the person through the interaction, else in direct messages, else where they asked. */
  private async whisperPage(body: MessageBody): Promise<void> {
    const { response, userId, channelId, isDirect } = this.source;
    if (await response?.whisper(body)) return;
    const channel = new ChannelWay(this.api, channelId);
    await this.postOn(isDirect ? [channel] : [new DirectWay(this.api, userId), channel], body);
  }

  /** The announcement, where a thread can hang on it. */
  private ownParent(): Posted | undefined {
    return this.announcement?.channelId === this.source.channelId ? this.announcement : undefined;
  }

  private async postAnnouncement(body: MessageBody): Promise<Posted> {
    const posted = await this.post(body);
    this.announcementNote = this.lastNote;
    return posted;
  }

  private async change(announcement: Posted, plainBody: MessageBody): Promise<void> {
    const body = noted(plainBody, this.announcementNote);
    if (announcement.token !== undefined && (await this.source.response?.works())) {
      try {
        return await this.api.editWithToken(announcement.token, announcement.id, body);
      } catch (error) {
        // The token may have expired; the bot may edit its messages without it.
        if (!isRefusal(error)) throw error;
      }
    }
    await this.api.editMessage(announcement, body);
  }

  /** A message with a file; where the file is not taken, its text with a sentence that says so. */
  private async postFile(
    message: ChatMessage,
    attachment: Attachment,
    what: string,
    instead = '',
  ): Promise<void> {
    const [page] = toPages(message);
    const body = messageBody(page!);
    const without = (why: string) =>
      toPages({ ...message, text: [`${what} is missing: ${why}.`, instead].join('\n') }).map(messageBody);
    if (attachment.file.data.length > LONGEST_FILE) {
      for (const rest of without('it is too large for Discord')) await this.post(rest);
      return;
    }
    await this.post(withAttachment(body, attachment), attachment, (error) => without(whyNoFile(error)));
  }

  /** Posts by the first way that is not refused; ways that are refused once are not tried again. */
  private post(
    body: MessageBody,
    attachment?: Attachment,
    without?: (error: unknown) => MessageBody[],
  ): Promise<Posted> {
    return this.postOn(this.ways, body, attachment, without);
  }

  private async postOn(
    ways: Way[],
    body: MessageBody,
    attachment?: Attachment,
    without?: (error: unknown) => MessageBody[],
  ): Promise<Posted> {
    let refusal: unknown;
    for (const way of ways.filter(({ isOpen }) => isOpen)) {
      try {
        await way.prepare();
        if (refusal) this.note = way.excuse ?? this.note;
        return await this.postBy(way, body, attachment, without);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusal = error;
        this.note = way.whyNot?.(error) ?? this.note;
        // The last way stays: it may work later.
        if (this.ways.length > 1) this.ways = this.ways.filter((other) => other !== way);
      }
    }
    throw refusal;
  }

  private async postBy(
    way: Way,
    body: MessageBody,
    attachment?: Attachment,
    without?: (error: unknown) => MessageBody[],
  ): Promise<Posted> {
    try {
      return await this.postNoted(way, body, attachment && [attachment.file]);
    } catch (error) {
      if (!isRefusal(error) || !without) throw error;
      let posted: Posted | undefined;
      for (const rest of without(error)) posted = await this.postNoted(way, rest);
      return posted!;
    }
  }

  private async postNoted(way: Way, body: MessageBody, files?: RawFile[]): Promise<Posted> {
    const posted = await way.post(noted(body, this.note), files);
    this.lastNote = this.note;
    this.note = undefined;
    return posted;
  }
}

function noted(body: MessageBody, note: string | undefined): MessageBody {
  return note === undefined ? body : { ...body, content: `${plain(note)}\n${body.content}`.trim() };
}

/** The private answer that a public one came to stand beside. The mention is ours, and notifies nobody. */
function pointer(channelId: string): MessageBody {
  return messageBody({ content: `The answer is in <#${channelId}>.`, buttons: [] });
}
