import type { MessageDraft } from '../forms/message.js';
import { Intent, MessageFlag, MessageType } from '../protocol/numbers.js';
import { snowflake } from '../protocol/snowflake.js';
import { messageEventJson, withoutContent } from './messageWire.js';
import type { Channel, Interaction, Message, User } from './records.js';
import type { World } from './world.js';

interface Posting {
  readonly author: User;
  readonly draft: Partial<MessageDraft>;
  readonly type?: number;
  readonly flags?: number;
  readonly interaction?: Interaction;
  /** Makes it ephemeral. */
  readonly visibleTo?: string;
  readonly id?: string;
}

/** Puts a message into a channel and tells the gateway, unless only one person sees it. */
export function postMessage(world: World, channel: Channel, posting: Posting): Message {
  const { author, draft, interaction, visibleTo } = posting;
  const at = Date.now();
  const message: Message = {
    id: posting.id ?? snowflake(),
    channelId: channel.id,
    author,
    type: posting.type ?? (draft.replyTo === undefined ? MessageType.Default : MessageType.Reply),
    createdAt: at,
    content: draft.content ?? '',
    embeds: draft.embeds ?? [],
    components: draft.components ?? [],
    attachments: draft.attachments ?? [],
    flags: posting.flags ?? 0,
    deleted: false,
    reactions: new Set(),
    revisions: [revision(draft, at)],
    ...(visibleTo === undefined ? {} : { visibleTo }),
    ...(draft.replyTo === undefined ? {} : { replyTo: draft.replyTo }),
    ...(draft.nonce === undefined ? {} : { nonce: draft.nonce }),
    ...(interaction === undefined ? {} : { interaction }),
  };
  world.addMessage(message);
  if (visibleTo === undefined) {
    channel.lastMessageId = message.id;
    if (channel.thread) {
      channel.thread.messageCount += 1;
      channel.thread.memberIds.set(author.id, channel.thread.memberIds.get(author.id) ?? at);
    }
    dispatchMessage(world, 'MESSAGE_CREATE', message);
  }
  return message;
}

/** Changes the parts of a message the draft names. */
export function editMessage(world: World, message: Message, draft: MessageDraft): void {
  const at = Date.now();
  if (draft.content !== undefined) {
    message.content = draft.content;
    message.revisions.push(revision(draft, at));
  }
  if (draft.embeds !== undefined) message.embeds = draft.embeds;
  if (draft.components !== undefined) message.components = draft.components;
  if (draft.attachments !== undefined) message.attachments = draft.attachments;
  const changeable = MessageFlag.SuppressEmbeds;
  message.flags = (message.flags & ~(MessageFlag.Loading | changeable)) | (draft.flags & changeable);
  message.editedAt = at;
  if (message.visibleTo === undefined) dispatchMessage(world, 'MESSAGE_UPDATE', message);
}

/** Removes a message; the thread that hangs on it lives on, as on Discord. */
export function deleteMessage(world: World, message: Message): void {
  message.deleted = true;
  if (message.visibleTo !== undefined) return;
  const channel = world.channels.get(message.channelId);
  if (channel?.thread) channel.thread.messageCount -= 1;
  world.dispatch({
    t: 'MESSAGE_DELETE',
    d: { id: message.id, channel_id: message.channelId, ...guildField(channel) },
    intent: messageIntent(channel),
  });
}

/** Tells the gateway about a message as it is now. */
export function dispatchMessage(world: World, t: string, message: Message): void {
  const channel = world.channels.get(message.channelId);
  // A bot hears nothing of channels it cannot see.
  if (channel && (world.permissionsOf(world.bot.id, channel) & (1n << 10n)) === 0n) return;
  const d = messageEventJson(world, message);
  world.dispatch({
    t,
    d,
    intent: messageIntent(channel),
    withoutContent: withoutContent(world, message, d),
  });
}

function messageIntent(channel: Channel | undefined): number {
  return channel?.guildId === undefined ? Intent.DirectMessages : Intent.GuildMessages;
}

/** `guild_id` for events in guilds, nothing in direct messages. */
export function guildField(channel: Channel | undefined): { guild_id?: string } {
  return channel?.guildId === undefined ? {} : { guild_id: channel.guildId };
}

function revision({ content = '', allowedMentions }: Partial<MessageDraft>, at: number) {
  return { content, at, ...(allowedMentions === undefined ? {} : { allowedMentions }) };
}
