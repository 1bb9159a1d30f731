import { str } from '../args.js';
import { SlackApiError } from '../slackApiError.js';
import type { Channel, Fields } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import { type Method, scope } from './method.js';

const READ = { public: 'channels:read', private: 'groups:read', im: 'im:read' };

/** Reading a conversation needs the scope of its kind. */
function readScopes(args: Fields, workspace: Workspace): readonly string[] {
  const channel = workspace.channels.get(str(args, 'channel'));
  return channel ? [READ[channel.kind]] : Object.values(READ);
}

export const conversations: Record<string, Method> = {
  'conversations.join': { token: 'bot', scopes: scope('channels:join'), perMinute: 50, call: join },
  'conversations.open': { token: 'bot', scopes: scope('im:write'), perMinute: 50, call: open },
  'conversations.info': { token: 'bot', scopes: readScopes, formOnly: true, perMinute: 50, call: info },
  'conversations.members': {
    token: 'bot',
    scopes: readScopes,
    formOnly: true,
    perMinute: 100,
    call: members,
  },
  'users.info': { token: 'bot', scopes: scope('users:read'), formOnly: true, perMinute: 100, call: user },
};

function join(args: Fields, workspace: Workspace): Fields {
  const channel = workspace.visibleChannel(str(args, 'channel'));
  if (channel.kind !== 'public') throw new SlackApiError('method_not_supported_for_channel_type');
  if (channel.archived) throw new SlackApiError('is_archived');
  const already = channel.members.has(workspace.app.botUser);
  channel.members.add(workspace.app.botUser);
  return {
    channel: publicChannel(workspace, channel),
    ...(already
      ? { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } }
      : {}),
  };
}

function open(args: Fields, workspace: Workspace): Fields {
  const users = str(args, 'users')
    .split(',')
    .filter((id) => id !== '');
  if (users.length === 0) throw new SlackApiError('users_list_not_supplied');
  if (users.length > 1) throw new SlackApiError('not_implemented');
  const [id] = users;
  if (!workspace.users.has(id!) || id === workspace.app.botUser) throw new SlackApiError('user_not_found');
  return { channel: { id: workspace.directChannel(id!).id } };
}

function info(args: Fields, workspace: Workspace): Fields {
  return { channel: publicChannel(workspace, workspace.visibleChannel(str(args, 'channel'))) };
}

function members(args: Fields, workspace: Workspace): Fields {
  const all = [...workspace.visibleChannel(str(args, 'channel')).members];
  const start = Number(str(args, 'cursor') || 0);
  const limit = Math.min(Number(args.limit ?? 100), 1000);
  const next = start + limit < all.length ? String(start + limit) : '';
  return { members: all.slice(start, start + limit), response_metadata: { next_cursor: next } };
}

function user(args: Fields, workspace: Workspace): Fields {
  const found = workspace.users.get(str(args, 'user'));
  if (!found) throw new SlackApiError('user_not_found');
  const { id, name, isBot, isAdmin } = found;
  const profile = { real_name: name, display_name: name };
  return {
    user: { id, team_id: workspace.team.id, name, deleted: false, is_bot: isBot, is_admin: isAdmin, profile },
  };
}

function publicChannel(workspace: Workspace, channel: Channel): Fields {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: channel.kind === 'im',
    is_private: channel.kind !== 'public',
    is_archived: channel.archived,
    creator: channel.creator,
    is_member: channel.members.has(workspace.app.botUser),
  };
}
