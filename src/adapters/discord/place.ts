import type { RawFile } from 'discord.js';
import type { ReplyFile, ReplyPicture } from '../../../commands/line/command.js';
import type { AnswerPlace, ChatMessage } from '../chat/platform.js';
import type { DiscordApi, Posted } from './posting/api.js';
import { isRefusal, whyNoFile } from './posting/failures.js';
import type { InteractionResponse } from './posting/interactionResponse.js';
import { label } from './posting/markdown.js';
import { type Delivered, noted, Outlet } from './posting/outlet.js';
import { toPages } from './posting/pages.js';
import {
  type Attachment,
  jsonAttachment,
  type MessageBody,
  messageBody,
  pictureAttachment,
  withAttachment,
} from './posting/payload.js';
import { ChannelWay, DirectWay, FollowUpWay, ThreadWay } from './posting/ways.js';

/** Bots may attach 10 MiB. */
const LONGEST_FILE = 10 * 1024 * 1024;
const THREAD_NAME_LENGTH = 100;
/** How often an announcement that people delete is posted again. */
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
  target?: Posted | undefined;
}

/** The part of an answer that is on Discord already. */
interface Standing {
  announced?: Delivered | undefined;
  /** Names the thread. */
  title: string;
}

/** A place, written down for another process. */
interface DiscordBookmark {
  source: Source;
  standing: Standing;
}

/** Where one answer goes on Discord. */
export class DiscordPlace implements AnswerPlace {
  /** Discord takes five edits in five seconds in a channel, of all answers there. */
  readonly editEvery = 1_500;
  private readonly outlet: Outlet;
  private announced: Delivered | undefined;
  private title = 'ghosttree';
  private reposts = 0;

  constructor(
    private readonly api: DiscordApi,
    private readonly source: Source,
    standing?: Standing,
  ) {
    this.announced = standing?.announced;
    this.title = standing?.title ?? this.title;
    const { channelId, userId, response, target, threads, isDirect } = source;
    const parent = () => target ?? this.announcementParent();
    const name = () => label(this.title, THREAD_NAME_LENGTH) || 'ghosttree';
    this.outlet = new Outlet([
      ...(threads === true ? [new ThreadWay(api, parent, name)] : []),
      new ChannelWay(api, channelId),
      ...(response ? [new FollowUpWay(response, channelId)] : []),
      ...(isDirect ? [] : [new DirectWay(api, userId)]),
    ]);
  }

  get thread(): string {
    return `discord:${this.outlet.channelId ?? this.source.channelId}`;
  }

  get bookmark(): string {
    // Tokens of interactions are secrets, and short-lived.
    const { response, target, ...source } = this.source;
    const { announced, title } = this;
    const standing = { title, announced: announced && { ...announced, message: idsOf(announced.message) } };
    const discord: DiscordBookmark = { source: { ...source, target: target && idsOf(target) }, standing };
    return JSON.stringify({ discord });
  }

  async announce(message: ChatMessage): Promise<void> {
    this.title = message.title ?? this.title;
    const [first, ...rest] = bodies(message);
    const { response, threads } = this.source;
    const replied = await response?.reply(first);
    this.announced = replied ? { message: replied } : await this.outlet.post(first);
    // After the announcement, so that it says where to look.
    await response?.settle(pointer(this.announced.message.channelId));
    for (const body of rest) await this.outlet.post(body);
    if (typeof threads === 'string') this.outlet.explain(threads);
  }

  async edit(message: ChatMessage): Promise<void> {
    if (!this.announced) return this.announce(message);
    const [first, ...rest] = bodies(message);
    try {
      await this.change(this.announced, first);
    } catch (error) {
      if (!isRefusal(error) || ++this.reposts > MOST_REPOSTS) throw error;
      this.announced = await this.outlet.post(first);
    }
    for (const body of rest) await this.outlet.post(body);
  }

  async finish(message: ChatMessage, picture: ReplyPicture | undefined): Promise<void> {
    if (!picture) return this.edit(message);
    const attachment = pictureAttachment(picture);
    const isTooLarge = attachment.file.data.length > LONGEST_FILE;
    const { announced } = this;
    const [first, ...rest] = bodies(message);
    if (announced && !isTooLarge) {
      try {
        await this.change(announced, withAttachment(first, attachment), [attachment.file]);
        for (const body of rest) await this.outlet.post(body);
        return;
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    }
    // Without the picture; below, where it is tried once more, it is said why it is missing.
    await this.edit(message);
    await this.picture(picture, '');
  }

  async say(message: ChatMessage): Promise<void> {
    for (const body of bodies(message)) await this.outlet.post(body);
  }

  async picture(picture: ReplyPicture, title: string): Promise<void> {
    await this.enclose({ title, text: '' }, pictureAttachment(picture), 'The picture', picture.alt);
  }

  async file(file: ReplyFile): Promise<void> {
    await this.enclose({ text: file.name }, jsonAttachment(file, LONGEST_FILE), 'The file');
  }

  /** Tells the person through the interaction, else in direct messages, else where they asked. */
  async whisper(message: ChatMessage): Promise<void> {
    const { response, userId, channelId, isDirect } = this.source;
    const here = new ChannelWay(this.api, channelId);
    const outlet = new Outlet(isDirect ? [here] : [new DirectWay(this.api, userId), here]);
    for (const body of bodies(this.aimed(message))) {
      if (!(await response?.whisper(body))) await outlet.post(body);
    }
  }

  /** Buttons that nobody else sees tell which message's thread they are about: they hang on no message there. */
  private aimed(message: ChatMessage): ChatMessage {
    const { target } = this.source;
    if (!target || !message.buttons) return message;
    return {
      ...message,
      buttons: message.buttons.map((button) => ({ ...button, id: aimedAt(button.id, target.id) })),
    };
  }

  /** The announcement, where a thread can hang on it. */
  private announcementParent(): Posted | undefined {
    const message = this.announced?.message;
    return message?.channelId === this.source.channelId ? message : undefined;
  }

  private async change(
    { message, note }: Delivered,
    changed: MessageBody,
    files: RawFile[] = [],
  ): Promise<void> {
    const body = noted(changed, note);
    if (message.token !== undefined && (await this.source.response?.works())) {
      try {
        return await this.api.editWithToken(message.token, message.id, body, files);
      } catch (error) {
        // The token may have expired; the bot may edit its messages without it.
        if (!isRefusal(error)) throw error;
      }
    }
    await this.api.editMessage(message, body, files);
  }

  /** A message with a file; where the file is not taken, a sentence that says so. */
  private async enclose(
    message: ChatMessage,
    attachment: Attachment,
    what: string,
    ending = '',
  ): Promise<void> {
    const instead = (why: string): ChatMessage => ({
      ...message,
      text: `${what} is missing: ${why}.\n${ending}`.trim(),
    });
    if (attachment.file.data.length > LONGEST_FILE) return this.say(instead('it is too large for Discord'));
    const refused = (error: unknown) => bodies(instead(whyNoFile(error)));
    await this.outlet.post(bodies(message)[0], { attachment, instead: refused });
  }
}

/** Between the id of a button and that of the message whose thread it is about. */
const AIM = '@';

function aimedAt(button: string, message: string): string {
  return `${button}${AIM}${message}`;
}

/** What a pressed button is, and the message whose thread it is about, where it tells. */
export function aimOf(customId: string): { button: string; message?: string | undefined } {
  const [button = '', message] = customId.split(AIM);
  return { button, message };
}

function bodies(message: ChatMessage): [MessageBody, ...MessageBody[]] {
  return toPages(message).map(messageBody) as [MessageBody, ...MessageBody[]];
}

/** The private answer that leads to the public one; its channel mention notifies nobody. */
function pointer(channelId: string): MessageBody {
  return messageBody({ content: `The answer is in <#${channelId}>.`, buttons: [] });
}

function idsOf({ channelId, id }: Posted): Posted {
  return { channelId, id };
}

/** The place of a bookmark; undefined when that is not of Discord. */
export async function placeAt(bookmark: string, api: DiscordApi): Promise<DiscordPlace | undefined> {
  const { discord } = JSON.parse(bookmark) as { discord?: DiscordBookmark };
  return discord && new DiscordPlace(api, discord.source, discord.standing);
}
