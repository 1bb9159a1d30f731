import { Form } from '../../forms/form.js';
import { refusal } from '../../protocol/errors.js';
import { LIMITS } from '../../protocol/limits.js';
import { ChannelType, MessageFlag } from '../../protocol/numbers.js';
import type { Channel } from '../../world/records.js';
import { announceThread, createThread, deleteChannel, joinThread, leaveThread } from '../../world/threads.js';
import { channelJson, threadMemberJson } from '../../world/wire.js';
import type { World } from '../../world/world.js';
import { botMay, requirePermissions, visibleChannel } from '../access.js';
import type { Answer, Call, Route } from '../route.js';

const ARCHIVE_MINUTES = [60, 1440, 4320, 10080] as const;

/** Channels and threads: look up, open, rename, archive, delete, join and leave. */
export function channelRoutes(world: World): Route[] {
  const path = '/channels/:channel';
  const members = `${path}/thread-members`;
  const threadAt = (params: Record<string, string>): Channel => {
    const channel = visibleChannel(world, params.channel!);
    if (!channel.thread) throw refusal('wrongChannelType');
    return channel;
  };
  const person = (id: string | undefined) => {
    if (!world.users.has(id ?? '')) throw refusal('unknownUser');
    return id!;
  };
  return [
    {
      method: 'GET',
      path,
      handle: ({ params }) => channelJson(world, visibleChannel(world, params.channel!)),
    },
    { method: 'PATCH', path, handle: (call) => editThread(world, threadAt(call.params), call.body) },
    {
      method: 'DELETE',
      path,
      handle: ({ params }) => {
        const channel = visibleChannel(world, params.channel!);
        if (channel.type === ChannelType.DM) return channelJson(world, channel);
        requirePermissions(world, channel, channel.thread ? 'ManageThreads' : 'ManageChannels');
        deleteChannel(world, channel);
        return channelJson(world, channel);
      },
    },
    { method: 'POST', path: `${path}/threads`, status: 201, handle: (call) => openThread(world, call) },
    {
      method: 'POST',
      path: `${path}/messages/:message/threads`,
      status: 201,
      handle: (call) => openThread(world, call),
    },
    {
      method: 'GET',
      path: members,
      handle: ({ params }) => {
        const thread = threadAt(params);
        return [...thread.thread!.memberIds.keys()].map((id) => threadMemberJson(thread, id));
      },
    },
    ...(['PUT', 'DELETE'] as const).flatMap((method): Route[] => {
      const change = (thread: Channel, userId: string): Answer => {
        if (thread.thread!.archived) throw refusal('threadArchived');
        if (method === 'PUT') joinThread(world, thread, userId);
        else leaveThread(world, thread, userId);
        return undefined;
      };
      return [
        { method, path: `${members}/@me`, handle: ({ params }) => change(threadAt(params), world.bot.id) },
        {
          method,
          path: `${members}/:user`,
          handle: ({ params }) => {
            const thread = threadAt(params);
            requirePermissions(world, thread, method === 'PUT' ? 'SendMessagesInThreads' : 'ManageThreads');
            return change(thread, person(params.user));
          },
        },
      ];
    }),
    {
      method: 'GET',
      path: `${members}/:user`,
      handle: ({ params }) => {
        const thread = threadAt(params);
        const id = params.user === '@me' ? world.bot.id : params.user!;
        if (!thread.thread!.memberIds.has(id)) throw refusal('unknownMember');
        return threadMemberJson(thread, id);
      },
    },
  ];
}

function openThread(world: World, { params, body }: Call): Answer {
  const parent = visibleChannel(world, params.channel!);
  if (parent.type === ChannelType.DM) throw refusal('notInDirectMessages');
  if (parent.type !== ChannelType.GuildText) throw refusal('wrongChannelType');
  const on = params.message === undefined ? undefined : world.message(parent.id, params.message);
  const form = Form.of(body);
  const name = form.string('name', { min: 1, max: LIMITS.threadName, required: true });
  const minutes = form.choice('auto_archive_duration', ARCHIVE_MINUTES) ?? 1440;
  const { PublicThread, PrivateThread } = ChannelType;
  const type = form.choice('type', [PublicThread, PrivateThread]);
  form.finish();
  // Without a message the default is a private thread, in this version of the API.
  const isPrivate = on === undefined && (type ?? PrivateThread) === PrivateThread;
  requirePermissions(world, parent, isPrivate ? 'CreatePrivateThreads' : 'CreatePublicThreads');
  if (on && on.flags & MessageFlag.HasThread) throw refusal('threadExists');
  const thread = createThread(world, {
    parent,
    owner: world.bot,
    name: name!,
    autoArchiveMinutes: minutes,
    isPrivate,
    ...(on === undefined ? {} : { on }),
  });
  return channelJson(world, thread);
}

function editThread(world: World, channel: Channel, body: unknown): Answer {
  const thread = channel.thread!;
  const form = Form.of(body);
  const name = form.string('name', { min: 1, max: LIMITS.threadName });
  const archived = form.boolean('archived');
  const locked = form.boolean('locked');
  form.finish();
  const isOwner = thread.ownerId === world.bot.id;
  if (!botMay(world, channel, 'ManageThreads') && (!isOwner || locked !== undefined)) {
    throw refusal('missingPermissions');
  }
  if (thread.archived && archived !== false) throw refusal('threadArchived');
  if (name !== undefined) channel.name = name;
  if (archived !== undefined) thread.archived = archived;
  if (locked !== undefined) thread.locked = locked;
  announceThread(world, channel);
  return channelJson(world, channel);
}
