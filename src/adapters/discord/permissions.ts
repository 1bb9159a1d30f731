import { ChannelType, PermissionFlagsBits, type PermissionsBitField } from 'discord.js';
import { NO_THREAD_PERMISSION } from './failures.js';

const { ViewChannel, SendMessages, CreatePublicThreads, SendMessagesInThreads, AttachFiles } =
  PermissionFlagsBits;

/** All that the bot needs to be allowed, and nothing else. */
export const NEEDED = ViewChannel | SendMessages | CreatePublicThreads | SendMessagesInThreads | AttachFiles;

/** Who may cancel the work of others. */
export const MANAGER = [PermissionFlagsBits.ManageMessages, PermissionFlagsBits.ManageChannels];

/**
 * Whether answers in a channel can have threads of their own.
 *
 * @param permissions what the bot may do there, if that is known
 * @returns a sentence where people would expect a thread and there can be none
 */
export function threadsIn(
  type: ChannelType | undefined,
  permissions: Readonly<PermissionsBitField> | null | undefined,
): boolean | string {
  if (type !== ChannelType.GuildText && type !== ChannelType.GuildAnnouncement) return false;
  const allowed = permissions?.has([CreatePublicThreads, SendMessagesInThreads]) ?? true;
  return allowed || NO_THREAD_PERMISSION;
}
