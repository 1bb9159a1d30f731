import { ChannelType, PermissionFlagsBits, type PermissionsBitField } from 'discord.js';
import type { Managed } from '../../../commands/line/command.js';
import { NO_THREAD_PERMISSION } from './posting/failures.js';

const {
  ViewChannel,
  SendMessages,
  CreatePublicThreads,
  SendMessagesInThreads,
  AttachFiles,
  ReadMessageHistory,
} = PermissionFlagsBits;

/** All that the bot needs to be allowed, and nothing else. */
export const NEEDED =
  ViewChannel | SendMessages | CreatePublicThreads | SendMessagesInThreads | AttachFiles | ReadMessageHistory;

/** Who may cancel the work of others. */
export const MANAGER = [PermissionFlagsBits.ManageMessages, PermissionFlagsBits.ManageChannels];

const MANAGES = {
  channel: PermissionFlagsBits.ManageChannels,
  workspace: PermissionFlagsBits.ManageGuild,
};

/**
 * Whether somebody may change what happens in a channel for everybody, or in all of a server. In direct messages
 * everybody may; where Discord does not say what somebody may do, they may not.
 *
 * @param permissions the person's in that channel
 */
export function manages(
  what: Managed,
  isDirect: boolean,
  permissions: Readonly<PermissionsBitField> | null | undefined,
): boolean {
  return isDirect || (permissions?.has(MANAGES[what]) ?? false);
}

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
