import { ChannelType, MessageFlag } from '../protocol/numbers.js';
import type { Attachment, Channel, Guild, JsonObject, Member, Role, User } from './records.js';
import type { World } from './world.js';

/** A time as Discord writes it. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}

export function userJson(user: User): JsonObject {
  return {
    id: user.id,
    username: user.username,
    discriminator: '0',
    global_name: user.bot ? null : user.username,
    avatar: null,
    ...(user.bot ? { bot: true } : {}),
    public_flags: 0,
  };
}

export function memberJson(member: Member): JsonObject {
  return {
    nick: null,
    avatar: null,
    roles: [...member.roleIds],
    joined_at: timestamp(member.joinedAt),
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
  };
}

export function roleJson(role: Role, position: number): JsonObject {
  return {
    id: role.id,
    name: role.name,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: role.permissions.toString(),
    managed: false,
    mentionable: role.mentionable,
    flags: 0,
  };
}

/** Channel, thread or direct message channel. */
export function channelJson(world: World, channel: Channel): JsonObject {
  const common = { id: channel.id, type: channel.type, last_message_id: channel.lastMessageId ?? null };
  if (channel.type === ChannelType.DM) {
    const other = world.users.get(channel.recipientId!)!;
    return { ...common, recipients: [userJson(other)], flags: 0 };
  }
  if (channel.thread) return { ...common, ...threadJson(world, channel) };
  return {
    ...common,
    guild_id: channel.guildId,
    name: channel.name,
    position: 0,
    parent_id: null,
    topic: null,
    nsfw: false,
    rate_limit_per_user: 0,
    flags: 0,
    permission_overwrites: [...channel.overwrites].map(([id, { kind, allow, deny }]) => ({
      id,
      type: kind === 'role' ? 0 : 1,
      allow: allow.toString(),
      deny: deny.toString(),
    })),
  };
}

function threadJson(world: World, channel: Channel): JsonObject {
  const thread = channel.thread!;
  const joined = thread.memberIds.get(world.bot.id);
  return {
    guild_id: channel.guildId,
    parent_id: thread.parentId,
    owner_id: thread.ownerId,
    name: channel.name,
    rate_limit_per_user: 0,
    message_count: thread.messageCount,
    member_count: thread.memberIds.size,
    total_message_sent: thread.messageCount,
    flags: 0,
    thread_metadata: {
      archived: thread.archived,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: timestamp(thread.createdAt),
      locked: thread.locked,
      create_timestamp: timestamp(thread.createdAt),
    },
    ...(joined === undefined ? {} : { member: threadMemberJson(channel, world.bot.id) }),
  };
}

export function threadMemberJson(channel: Channel, userId: string): JsonObject {
  const joined = channel.thread?.memberIds.get(userId) ?? channel.thread?.createdAt ?? 0;
  return { id: channel.id, user_id: userId, join_timestamp: timestamp(joined), flags: 0 };
}

/** GUILD_CREATE's data: everything a session learns of a guild at once. */
export function guildJson(world: World, guild: Guild): JsonObject {
  const channels = [...world.channels.values()].filter((channel) => channel.guildId === guild.id);
  const bot = guild.members.get(world.bot.id);
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    icon: null,
    splash: null,
    banner: null,
    description: null,
    features: [],
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    vanity_url_code: null,
    application_id: null,
    roles: [...guild.roles.values()].map(roleJson),
    emojis: [],
    stickers: [],
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    joined_at: timestamp(bot?.joinedAt ?? 0),
    members: bot ? [{ ...memberJson(bot), user: userJson(bot.user) }] : [],
    channels: channels.filter((channel) => !channel.thread).map((channel) => channelJson(world, channel)),
    threads: channels
      .filter((channel) => channel.thread && !channel.thread.archived)
      .map((channel) => channelJson(world, channel)),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

export function attachmentJson(world: World, channelId: string, attachment: Attachment, ephemeral: boolean) {
  const url = `${world.origin}/attachments/${channelId}/${attachment.id}/${attachment.filename}`;
  return {
    id: attachment.id,
    filename: attachment.filename,
    ...(attachment.description === undefined ? {} : { description: attachment.description }),
    content_type: attachment.contentType,
    size: attachment.bytes.length,
    url,
    proxy_url: url,
    ...pngSize(attachment.bytes),
    ...(ephemeral ? { ephemeral: true } : {}),
  };
}

/** Discord measures pictures; here only PNG, whose size stands at a fixed place. */
function pngSize(bytes: Buffer): { width?: number; height?: number } {
  const isPng = bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47;
  return isPng ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : {};
}

/** True when only one person sees messages with these flags. */
export function isEphemeral(flags: number): boolean {
  return (flags & MessageFlag.Ephemeral) !== 0;
}
