import { InteractionType, MessageFlag } from '../protocol/numbers.js';
import { mentionsOf } from '../reading/pings.js';
import type { Interaction, JsonObject, Message } from './records.js';
import { attachmentJson, channelJson, isEphemeral, memberJson, timestamp, userJson } from './wire.js';
import type { World } from './world.js';

/** A message as REST returns it. */
export function messageJson(world: World, message: Message): JsonObject {
  const channel = world.channels.get(message.channelId);
  const mentioned = mentionsOf(world, message);
  const thread = message.flags & MessageFlag.HasThread ? world.channels.get(message.id) : undefined;
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    author: userJson(message.author),
    content: message.content,
    timestamp: timestamp(message.createdAt),
    edited_timestamp: message.editedAt === undefined ? null : timestamp(message.editedAt),
    tts: false,
    mention_everyone: mentioned.everyone || mentioned.here,
    mentions: mentioned.userIds.map((id) => userJson(world.users.get(id)!)),
    mention_roles: [...message.content.matchAll(/<@&(\d+)>/g)].map((match) => match[1]),
    attachments: message.attachments.map((file) =>
      attachmentJson(world, message.channelId, file, isEphemeral(message.flags)),
    ),
    embeds: message.embeds,
    components: message.components,
    pinned: false,
    flags: message.flags,
    ...(message.nonce === undefined ? {} : { nonce: message.nonce }),
    ...(message.interaction === undefined ? {} : answerFields(world, message, message.interaction)),
    ...(message.replyTo === undefined
      ? {}
      : {
          message_reference: {
            type: 0,
            channel_id: message.channelId,
            message_id: message.replyTo,
            ...(channel?.guildId === undefined ? {} : { guild_id: channel.guildId }),
          },
        }),
    ...(thread === undefined ? {} : { thread: channelJson(world, thread) }),
  };
}

function answerFields(world: World, message: Message, interaction: Interaction): JsonObject {
  const isFollowup = interaction.followupIds.includes(message.id);
  return {
    webhook_id: world.applicationId,
    application_id: world.applicationId,
    interaction_metadata: {
      id: interaction.id,
      type: interaction.type,
      user: userJson(interaction.user),
      authorizing_integration_owners: interaction.payload.authorizing_integration_owners,
      ...(isFollowup && interaction.originalId
        ? { original_response_message_id: interaction.originalId }
        : {}),
      ...(interaction.type === InteractionType.MessageComponent && interaction.sourceMessageId
        ? { interacted_message_id: interaction.sourceMessageId }
        : {}),
    },
  };
}

/** A message as MESSAGE_CREATE and MESSAGE_UPDATE carry it: with guild and member. */
export function messageEventJson(world: World, message: Message): JsonObject {
  const channel = world.channels.get(message.channelId);
  const guild = channel && world.guildOf(channel);
  const member = guild?.members.get(message.author.id);
  return {
    ...messageJson(world, message),
    channel_type: channel?.type,
    ...(guild === undefined ? {} : { guild_id: guild.id }),
    ...(member === undefined ? {} : { member: memberJson(member) }),
  };
}

/** What a bot without the message content intent gets of other people's messages in guilds. */
export function withoutContent(world: World, message: Message, json: JsonObject): JsonObject {
  const channel = world.channels.get(message.channelId);
  const isOpen =
    channel?.guildId === undefined ||
    message.author.id === world.bot.id ||
    mentionsOf(world, message).userIds.includes(world.bot.id);
  return isOpen ? json : { ...json, content: '', embeds: [], attachments: [], components: [] };
}
