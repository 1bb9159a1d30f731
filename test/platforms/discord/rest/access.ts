import { refusal } from '../protocol/errors.js';
import { PERMISSIONS, type PermissionName } from '../protocol/permissions.js';
import type { Channel } from '../world/records.js';
import type { World } from '../world/world.js';

/** The channel, if the bot may see it; else 10003 or 50001. */
export function visibleChannel(world: World, id: string): Channel {
  const channel = world.channel(id);
  if (!botMay(world, channel, 'ViewChannel')) throw refusal('missingAccess');
  return channel;
}

/** Throws 50013 when the bot lacks one of the permissions. */
export function requirePermissions(world: World, channel: Channel, ...names: PermissionName[]): void {
  if (names.some((name) => !botMay(world, channel, name))) throw refusal('missingPermissions');
}

export function botMay(world: World, channel: Channel, name: PermissionName): boolean {
  return (world.permissionsOf(world.bot.id, channel) & PERMISSIONS[name]) !== 0n;
}
