import { ChannelType, Intent } from '../protocol/numbers.js';
import { bits, EVERYONE_PERMISSIONS, type PermissionName } from '../protocol/permissions.js';
import { snowflake } from '../protocol/snowflake.js';
import type { Channel, Guild, Role, User } from './records.js';
import { channelJson, guildJson, roleJson } from './wire.js';
import type { World } from './world.js';

/** A person (or another bot). */
export function addUser(world: World, username: string, { bot = false } = {}): User {
  const user: User = { id: snowflake(), username, bot, acceptsDirectMessages: true };
  world.users.set(user.id, user);
  return user;
}

/** A guild with the bot, its owner and members; @everyone may do what it may in a new guild. */
export function addGuild(
  world: World,
  name: string,
  members: readonly User[],
  withBot = true,
  id = snowflake(),
): Guild {
  const owner = addUser(world, `${name} owner`);
  const everyone: Role = { id, name: '@everyone', permissions: EVERYONE_PERMISSIONS, mentionable: false };
  const guild: Guild = { id, name, ownerId: owner.id, roles: new Map([[id, everyone]]), members: new Map() };
  world.guilds.set(id, guild);
  for (const user of [owner, ...members]) addMember(guild, user);
  if (withBot) joinBot(world, guild);
  return guild;
}

/** Adds a person to a guild. */
export function addMember(guild: Guild, user: User): void {
  guild.members.set(user.id, { user, roleIds: new Set(), joinedAt: Date.now() });
}

/** Installs the bot in a guild. */
export function joinBot(world: World, guild: Guild): void {
  addMember(guild, world.bot);
  world.dispatch({ t: 'GUILD_CREATE', d: guildJson(world, guild), intent: Intent.Guilds });
}

/** Throws the bot out of a guild. */
export function kickBot(world: World, guild: Guild): void {
  guild.members.delete(world.bot.id);
  world.dispatch({ t: 'GUILD_DELETE', d: { id: guild.id }, intent: Intent.Guilds });
}

/** A role; people get it by `guild.members.get(user.id).roleIds.add(role.id)`. */
export function addRole(
  world: World,
  guild: Guild,
  name: string,
  permissions: PermissionName[],
  mentionable = false,
): Role {
  const role: Role = { id: snowflake(), name, permissions: bits(...permissions), mentionable };
  guild.roles.set(role.id, role);
  const d = { guild_id: guild.id, role: roleJson(role, guild.roles.size) };
  world.dispatch({ t: 'GUILD_ROLE_CREATE', d, intent: Intent.Guilds });
  return role;
}

/** A text channel. */
export function addChannel(world: World, guild: Guild, name: string): Channel {
  const channel: Channel = {
    id: snowflake(),
    type: ChannelType.GuildText,
    guildId: guild.id,
    name,
    overwrites: new Map(),
  };
  world.channels.set(channel.id, channel);
  world.dispatch({ t: 'CHANNEL_CREATE', d: channelJson(world, channel), intent: Intent.Guilds });
  return channel;
}

/** Allows or denies a user something in a channel. `silently` leaves the bot's cached view as it was. */
export function overwrite(
  world: World,
  channel: Channel,
  userId: string,
  permission: PermissionName,
  allowed: boolean,
  silently = false,
): void {
  const place = channel.thread ? world.channel(channel.thread.parentId) : channel;
  const known = place.overwrites.get(userId) ?? { kind: 'member' as const, allow: 0n, deny: 0n };
  const bit = bits(permission);
  place.overwrites.set(userId, {
    kind: 'member',
    allow: allowed ? known.allow | bit : known.allow & ~bit,
    deny: allowed ? known.deny & ~bit : known.deny | bit,
  });
  if (silently) return;
  world.dispatch({ t: 'CHANNEL_UPDATE', d: channelJson(world, place), intent: Intent.Guilds });
}
