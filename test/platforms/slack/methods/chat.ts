import { str } from '../args.js';
import { post, publicMessage, readContent, resolveThread } from '../blocks/messages.js';
import { SlackApiError } from '../slackApiError.js';
import type { Channel, Ephemeral, Fields, Message } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import { type Method, scope } from './method.js';

const write = scope('chat:write');

export const chat: Record<string, Method> = {
  'chat.postMessage': { token: 'bot', scopes: write, perMinute: 60, call: postMessage },
  'chat.postEphemeral': { token: 'bot', scopes: write, perMinute: 100, call: postEphemeral },
  'chat.update': { token: 'bot', scopes: write, perMinute: 50, call: update },
  'chat.getPermalink': { token: 'bot', scopes: scope(), formOnly: true, perMinute: 600, call: permalink },
  'chat.delete': { token: 'bot', scopes: write, perMinute: 50, call: remove },
};

function postMessage(args: Fields, workspace: Workspace): Fields {
  const channel = postable(args, workspace);
  if (channel.archived) throw new SlackApiError('is_archived');
  if (!channel.members.has(workspace.app.botUser) && !workspace.scopes.has('chat:write.public')) {
    throw new SlackApiError('not_in_channel');
  }
  const message = post(workspace, channel, readContent(workspace, args, 'chat.postMessage'), args);
  return { channel: channel.id, ts: message.ts, message: publicMessage(workspace, message) };
}

/** A channel's id, or a person's id, which means the conversation with that person. */
function postable(args: Fields, workspace: Workspace): Channel {
  const id = str(args, 'channel');
  if (!workspace.users.has(id)) return workspace.visibleChannel(id);
  if (id === workspace.app.botUser) throw new SlackApiError('channel_not_found');
  return workspace.directChannel(id);
}

function postEphemeral(args: Fields, workspace: Workspace): Fields {
  const channel = workspace.visibleChannel(str(args, 'channel'));
  const user = str(args, 'user');
  if (channel.archived) throw new SlackApiError('is_archived');
  if (!channel.members.has(workspace.app.botUser)) throw new SlackApiError('not_in_channel');
  if (!channel.members.has(user)) throw new SlackApiError('user_not_in_channel');
  const content = readContent(workspace, args, 'chat.postEphemeral');
  const thread = resolveThread(workspace, channel, str(args, 'thread_ts'));
  const message = ephemeral(workspace, channel, user, content.text ?? '', content.blocks, thread);
  return { message_ts: message.ts };
}

/** Shows a message to one person; it cannot be found again by the Web API. */
export function ephemeral(
  workspace: Workspace,
  channel: Channel,
  user: string,
  text: string,
  blocks?: Fields[],
  thread?: string | null,
): Ephemeral {
  const message: Ephemeral = {
    type: 'message',
    channel: channel.id,
    ts: workspace.ts(),
    user: workspace.app.botUser,
    bot_id: workspace.app.botId,
    app_id: workspace.app.id,
    text,
    visibleTo: user,
    ...(blocks ? { blocks } : {}),
    ...(thread ? { thread_ts: thread } : {}),
  };
  workspace.ephemerals.push(message);
  return message;
}

function update(args: Fields, workspace: Workspace): Fields {
  const message = own(args, workspace, 'cant_update_message', 'is_inactive');
  applyUpdate(workspace, message, args);
  const { ts, text } = message;
  return { channel: message.channel, ts, text, message: publicMessage(workspace, message) };
}

/** Text without blocks removes the blocks; blocks without text keep the text. */
export function applyUpdate(workspace: Workspace, message: Message, args: Fields): void {
  const content = readContent(workspace, args, 'chat.update');
  if (content.text !== undefined) message.text = content.text;
  if (content.blocks) message.blocks = content.blocks;
  else delete message.blocks;
  message.edited = { user: workspace.app.botUser, ts: workspace.ts() };
  // Unlike a post, an update reads its text like something a person typed, unless parse says otherwise.
  message.parse = str(args, 'parse') || 'client';
}

function remove(args: Fields, workspace: Workspace): Fields {
  const message = own(args, workspace, 'cant_delete_message', 'channel_not_found');
  workspace.delete(workspace.visibleChannel(message.channel), message.ts);
  return { channel: message.channel, ts: message.ts };
}

function permalink(args: Fields, workspace: Workspace): Fields {
  const channel = workspace.visibleChannel(str(args, 'channel'));
  const message = workspace.find(channel, str(args, 'message_ts'));
  if (!message) throw new SlackApiError('message_not_found');
  const thread = message.thread_ts ? `?thread_ts=${message.thread_ts}&cid=${channel.id}` : '';
  const root = `https://${workspace.team.domain}.slack.com/archives`;
  return { channel: channel.id, permalink: `${root}/${channel.id}/p${message.ts.replace('.', '')}${thread}` };
}

function own(args: Fields, workspace: Workspace, foreign: string, inactive: string): Message {
  const channel = workspace.visibleChannel(str(args, 'channel'));
  if (channel.archived) throw new SlackApiError(inactive);
  const message = workspace.find(channel, str(args, 'ts'));
  if (!message || message.subtype === 'tombstone') throw new SlackApiError('message_not_found');
  if (message.user !== workspace.app.botUser) throw new SlackApiError(foreign);
  return message;
}
