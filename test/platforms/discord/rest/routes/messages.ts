import { type MessageDraft, readMessage, requireSomething } from '../../forms/message.js';
import { ApiError, refusal } from '../../protocol/errors.js';
import { ChannelType, Intent, MessageFlag } from '../../protocol/numbers.js';
import type { PermissionName } from '../../protocol/permissions.js';
import { deleteMessage, editMessage, guildField, postMessage } from '../../world/messages.js';
import { messageJson } from '../../world/messageWire.js';
import type { Channel, Message } from '../../world/records.js';
import type { World } from '../../world/world.js';
import { botMay, requirePermissions, visibleChannel } from '../access.js';
import type { Route } from '../route.js';

/** Messages of channels, threads and direct message channels. */
export function messageRoutes(world: World): Route[] {
  const path = '/channels/:channel/messages';
  const at = (params: Record<string, string>) => {
    const channel = visibleChannel(world, params.channel!);
    return { channel, message: world.message(channel.id, params.message!) };
  };
  return [
    {
      method: 'GET',
      path,
      handle: ({ params, query }) => {
        const channel = visibleChannel(world, params.channel!);
        // Without the history permission the list is empty, not refused.
        if (!botMay(world, channel, 'ReadMessageHistory')) return [];
        return page(world.messagesIn(channel.id), query).map((message) => storedJson(world, message));
      },
    },
    {
      method: 'POST',
      path,
      handle: ({ params, body, uploads }) => {
        const channel = visibleChannel(world, params.channel!);
        const asked = readMessage(body, uploads);
        requireSomething(asked);
        requireMaySend(world, channel, asked);
        const draft = withReference(world, channel, asked);
        const repeated = draft.enforceNonce && sameNonce(world, channel, draft.nonce);
        if (repeated) return messageJson(world, repeated);
        const flags = draft.flags & (MessageFlag.SuppressEmbeds | MessageFlag.SuppressNotifications);
        return messageJson(world, postMessage(world, channel, { author: world.bot, draft, flags }));
      },
    },
    {
      method: 'GET',
      path: `${path}/:message`,
      handle: ({ params }) => {
        const { channel, message } = at(params);
        requirePermissions(world, channel, 'ReadMessageHistory');
        return storedJson(world, message);
      },
    },
    {
      method: 'PATCH',
      path: `${path}/:message`,
      handle: ({ params, body, uploads }) => {
        const { channel, message } = at(params);
        if (message.author.id !== world.bot.id) throw refusal('notTheAuthor');
        if (channel.thread?.archived) throw refusal('threadArchived');
        const draft = readMessage(body, uploads, message.attachments);
        requirePermissions(world, channel, ...needed(draft, uploads.length));
        requireSomething({ ...message, ...draft });
        editMessage(world, message, draft);
        return messageJson(world, message);
      },
    },
    {
      method: 'DELETE',
      path: `${path}/:message`,
      handle: ({ params }) => {
        const { channel, message } = at(params);
        const isOwn = message.author.id === world.bot.id;
        if (!isOwn && channel.type === ChannelType.DM) throw refusal('notInDirectMessages');
        if (!isOwn) requirePermissions(world, channel, 'ManageMessages');
        deleteMessage(world, message);
        return undefined;
      },
    },
    {
      method: 'POST',
      path: '/channels/:channel/typing',
      handle: ({ params }) => {
        const channel = visibleChannel(world, params.channel!);
        requireMayTalk(world, channel);
        const d = { channel_id: channel.id, user_id: world.bot.id, timestamp: Math.floor(Date.now() / 1000) };
        world.dispatch({ t: 'TYPING_START', d: { ...d, ...guildField(channel) }, intent: Intent.None });
        return undefined;
      },
    },
  ];
}

/** A nonce is told to whom it concerns, and not stored. */
function storedJson(world: World, message: Message): object {
  const { nonce: _nonce, ...json } = messageJson(world, message);
  return json;
}

function requireMaySend(world: World, channel: Channel, draft: MessageDraft): void {
  requireMayTalk(world, channel);
  requirePermissions(world, channel, ...needed(draft, draft.attachments?.length ?? 0));
}

/** The draft to post: a reply needs its message, unless the client said it may be gone. */
function withReference(world: World, channel: Channel, draft: MessageDraft): MessageDraft {
  const { replyTo, ...flat } = draft;
  if (replyTo === undefined) return draft;
  if (!botMay(world, channel, 'ReadMessageHistory')) throw refusal('noHistoryToReply');
  const referenced = world.messages.get(replyTo);
  if (referenced && !referenced.deleted && referenced.channelId === channel.id) return draft;
  if (draft.repliesToNothing) return flat;
  const error = { code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' };
  throw new ApiError(400, 50035, 'Invalid Form Body', { message_reference: { _errors: [error] } });
}

/** Direct messages ask the person, threads and channels ask the permissions. */
function requireMayTalk(world: World, channel: Channel): void {
  if (channel.type === ChannelType.DM) {
    const person = world.users.get(channel.recipientId!)!;
    const sharesGuild = [...world.guilds.values()].some(
      ({ members }) => members.has(person.id) && members.has(world.bot.id),
    );
    if (!person.acceptsDirectMessages || !sharesGuild) throw refusal('cannotMessageUser');
    return;
  }
  if (!channel.thread) {
    requirePermissions(world, channel, 'SendMessages');
    return;
  }
  requirePermissions(world, channel, 'SendMessagesInThreads');
  if (channel.thread.locked) requirePermissions(world, channel, 'ManageThreads');
  // Talking wakes an archived thread.
  channel.thread.archived = false;
}

function needed(draft: MessageDraft, files: number): PermissionName[] {
  const names: PermissionName[] = [];
  if (draft.embeds && draft.embeds.length > 0) names.push('EmbedLinks');
  if (files > 0) names.push('AttachFiles');
  return names;
}

function sameNonce(world: World, channel: Channel, nonce: string | undefined): Message | undefined {
  if (nonce === undefined) return undefined;
  const since = Date.now() - world.nonceMs;
  return world
    .messagesIn(channel.id)
    .find((message) => message.nonce === nonce && message.createdAt > since && message.author === world.bot);
}

/** Newest first, as Discord pages. */
function page(messages: Message[], query: URLSearchParams): Message[] {
  const limit = Math.min(Number(query.get('limit') ?? 50), 100);
  const [before, after] = [query.get('before'), query.get('after')];
  const fitting = messages.filter(
    ({ id }) =>
      (before === null || BigInt(id) < BigInt(before)) && (after === null || BigInt(id) > BigInt(after)),
  );
  const cut = after === null ? fitting.slice(-limit) : fitting.slice(0, limit);
  return cut.reverse();
}
