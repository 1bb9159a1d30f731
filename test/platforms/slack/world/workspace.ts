import { randomBytes } from 'node:crypto';
import { ownTime } from '../../../support/ownTime.js';
import { SlackApiError } from '../slackApiError.js';
import type { Channel, Ephemeral, Message, ResponseUrl, UploadedFile, User, View } from '../types.js';
import type { PretendedSlack } from './options.js';

interface Trigger {
  user: string;
  createdAt: number;
  exchanged: boolean;
}

/** Everything the pretended Slack remembers. It knows no network. */
export class Workspace {
  readonly team: { id: string; domain: string };
  readonly app: { id: string; botId: string; botUser: string; botName: string };
  readonly users = new Map<string, User>();
  readonly channels = new Map<string, Channel>();
  readonly files = new Map<string, UploadedFile>();
  readonly views = new Map<string, View>();
  readonly triggers = new Map<string, Trigger>();
  readonly responseUrls = new Map<string, ResponseUrl>();
  readonly ephemerals: Ephemeral[] = [];
  /** Whether image blocks with files are refused, as Slack does now and then. */
  refusesImages = false;
  readonly scopes: Set<string>;
  readonly revokedTokens = new Set<string>();
  /** What Slack lets pass or swallows without an error, in sentences: a good app leaves this empty. */
  readonly tolerated: string[] = [];
  /** The bot's token, while the app is installed here. */
  botToken: string | undefined;
  /** Renews the token, where tokens expire. */
  refreshToken: string | undefined;
  private ids: number;
  private lastTs = 0;

  /** @param number 0 for the workspace that has the app from the start; the others have to install it */
  constructor(
    readonly options: PretendedSlack,
    domain = 'ghosts',
    number = 0,
  ) {
    const suffix = number === 0 ? '' : String(number);
    this.team = { id: `T0${domain.toUpperCase()}`, domain };
    this.app = {
      id: 'A0GHOST',
      botId: `B0GHOST${suffix}`,
      botUser: `U0GHOST${suffix}`,
      botName: 'ghosttree',
    };
    // Ids are Slack's own: no two workspaces have the same.
    this.ids = number * 1_000_000;
    if (number === 0) this.botToken = options.botToken;
    this.scopes = new Set(options.scopes);
    this.users.set(this.app.botUser, {
      id: this.app.botUser,
      name: this.app.botName,
      isBot: true,
      isAdmin: false,
    });
  }

  /** Gives the app a new token, in place of any other. */
  install(): string {
    this.botToken = `xoxb-${this.team.domain}-${this.secret()}`;
    this.refreshToken = this.options.tokenRotation ? `xoxe-1-${this.secret()}` : undefined;
    return this.botToken;
  }

  /** An id of Slack's shape: a letter for the kind, then capitals and digits. */
  id(kind: string): string {
    this.ids += 1;
    return `${kind}0${this.ids.toString(36).toUpperCase().padStart(8, '0')}`;
  }

  secret(): string {
    return randomBytes(12).toString('hex');
  }

  /** A message's timestamp, which is also its name in the channel: unique and growing. */
  ts(): string {
    this.lastTs = Math.max(this.lastTs + 1, Date.now() * 1000);
    return `${Math.floor(this.lastTs / 1e6)}.${String(this.lastTs % 1e6).padStart(6, '0')}`;
  }

  trigger(user: string): string {
    const id = `${++this.ids}.${Date.now()}.${this.secret()}`;
    this.triggers.set(id, { user, createdAt: ownTime(), exchanged: false });
    return id;
  }

  /** A channel the bot may know of; private ones it is not in do not exist for it. */
  visibleChannel(id: string): Channel {
    const channel = this.channels.get(id);
    const hidden = channel && channel.kind !== 'public' && !channel.members.has(this.app.botUser);
    if (!channel || hidden) throw new SlackApiError('channel_not_found');
    return channel;
  }

  /** The conversation of the bot with one person, made when missing. */
  directChannel(user: string): Channel {
    for (const channel of this.channels.values())
      if (channel.kind === 'im' && channel.members.has(user)) return channel;
    const members = new Set([this.app.botUser, user]);
    const id = this.id('D');
    const made: Channel = {
      id,
      name: 'directmessage',
      kind: 'im',
      members,
      creator: user,
      archived: false,
      messages: [],
    };
    this.channels.set(id, made);
    return made;
  }

  find(channel: Channel, ts: string): Message | undefined {
    return channel.messages.find((message) => message.ts === ts);
  }

  /** The message or private answer with this timestamp, wherever it stands. */
  findAnywhere(ts: string): Message | Ephemeral | undefined {
    for (const channel of this.channels.values()) {
      const message = this.find(channel, ts);
      if (message) return message;
    }
    return this.ephemerals.find((message) => message.ts === ts);
  }

  /** Drops everything but people, channels and scopes. */
  forget(): void {
    for (const map of [this.files, this.views, this.triggers, this.responseUrls]) map.clear();
    this.ephemerals.length = 0;
    this.tolerated.length = 0;
  }

  /** A parent that has replies leaves a tombstone, so that its thread stays. */
  delete(channel: Channel, ts: string): void {
    const message = this.find(channel, ts);
    if (!message) throw new SlackApiError('message_not_found');
    const hasReplies = channel.messages.some((other) => other.thread_ts === ts && other.ts !== ts);
    if (hasReplies) {
      message.subtype = 'tombstone';
      message.text = 'This message was deleted.';
      delete message.blocks;
      delete message.files;
    } else {
      channel.messages.splice(channel.messages.indexOf(message), 1);
    }
  }
}
