import { ChannelType, Intent, MessageFlag, MessageType } from '../protocol/numbers.js';
import { snowflake } from '../protocol/snowflake.js';
import { dispatchMessage, postMessage } from './messages.js';
import type { Channel, Message, User } from './records.js';
import { channelJson, threadMemberJson } from './wire.js';
import type { World } from './world.js';

interface NewThread {
  readonly parent: Channel;
  readonly owner: User;
  readonly name: string;
  readonly autoArchiveMinutes: number;
  /** The message the thread hangs on; it lends the thread its id. */
  readonly on?: Message;
  readonly isPrivate?: boolean;
}

/** Opens a thread, with the notices Discord posts in parent and thread. */
export function createThread(world: World, { parent, owner, on, ...rest }: NewThread): Channel {
  const at = Date.now();
  const thread: Channel = {
    id: on?.id ?? snowflake(),
    type: rest.isPrivate ? ChannelType.PrivateThread : ChannelType.PublicThread,
    name: rest.name,
    overwrites: new Map(),
    ...(parent.guildId === undefined ? {} : { guildId: parent.guildId }),
    thread: {
      parentId: parent.id,
      ownerId: owner.id,
      createdAt: at,
      autoArchiveMinutes: rest.autoArchiveMinutes,
      archived: false,
      locked: false,
      memberIds: new Map([[owner.id, at]]),
      messageCount: 0,
    },
  };
  world.channels.set(thread.id, thread);
  world.dispatch({
    t: 'THREAD_CREATE',
    d: { ...channelJson(world, thread), newly_created: true },
    intent: Intent.Guilds,
  });
  if (on) {
    on.flags |= MessageFlag.HasThread;
    postMessage(world, thread, { author: owner, draft: {}, type: MessageType.ThreadStarterMessage });
    thread.thread!.messageCount = 0;
    dispatchMessage(world, 'MESSAGE_UPDATE', on);
  } else if (!rest.isPrivate) {
    postMessage(world, parent, {
      author: owner,
      draft: { content: rest.name },
      type: MessageType.ThreadCreated,
    });
  }
  return thread;
}

/** Adds somebody to a thread. */
export function joinThread(world: World, thread: Channel, userId: string): void {
  const members = thread.thread!.memberIds;
  if (members.has(userId)) return;
  members.set(userId, Date.now());
  dispatchMembers(world, thread, { added_members: [threadMemberJson(thread, userId)] });
}

/** Takes somebody out of a thread. */
export function leaveThread(world: World, thread: Channel, userId: string): void {
  if (thread.thread!.memberIds.delete(userId))
    dispatchMembers(world, thread, { removed_member_ids: [userId] });
}

/** Announces a thread's new name or state. */
export function announceThread(world: World, thread: Channel): void {
  world.dispatch({ t: 'THREAD_UPDATE', d: channelJson(world, thread), intent: Intent.Guilds });
}

/** Deletes a channel or thread with all its messages, and for a channel its threads. */
export function deleteChannel(world: World, channel: Channel): void {
  world.channels.delete(channel.id);
  for (const message of world.messages.values()) if (message.channelId === channel.id) message.deleted = true;
  if (channel.thread) {
    const { id, guildId, type, thread } = channel;
    const d = { id, guild_id: guildId, parent_id: thread.parentId, type };
    world.dispatch({ t: 'THREAD_DELETE', d, intent: Intent.Guilds });
    return;
  }
  for (const other of [...world.channels.values()]) {
    if (other.thread?.parentId === channel.id) deleteChannel(world, other);
  }
  world.dispatch({ t: 'CHANNEL_DELETE', d: channelJson(world, channel), intent: Intent.Guilds });
}

function dispatchMembers(world: World, thread: Channel, change: object): void {
  world.dispatch({
    t: 'THREAD_MEMBERS_UPDATE',
    d: {
      id: thread.id,
      guild_id: thread.guildId,
      member_count: thread.thread!.memberIds.size,
      ...change,
    },
    // Also without the members intent Discord sends it for the bot's own membership.
    intent: Intent.Guilds,
  });
}
