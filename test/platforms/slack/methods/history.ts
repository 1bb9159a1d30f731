import { flag, str } from '../args.js';
import { publicMessage } from '../blocks/messages.js';
import { SlackApiError } from '../slackApiError.js';
import type { Channel, Fields, Message } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import type { Method } from './method.js';

const READ = { public: 'channels:history', private: 'groups:history', im: 'im:history' };

/** Reading messages needs a scope of its own per kind of conversation, which many bots do not have. */
function scopes(args: Fields, workspace: Workspace): readonly string[] {
  const channel = workspace.channels.get(str(args, 'channel'));
  return channel ? [READ[channel.kind]] : Object.values(READ);
}

/** How an app finds out whether a post whose answer was lost has arrived. */
export const history: Record<string, Method> = {
  'conversations.history': { token: 'bot', scopes, formOnly: true, perMinute: 50, call: channelHistory },
  'conversations.replies': { token: 'bot', scopes, formOnly: true, perMinute: 50, call: replies },
};

/** Newest first, without the replies. */
function channelHistory(args: Fields, workspace: Workspace): Fields {
  const channel = readable(args, workspace);
  const top = channel.messages.filter((each) => !each.thread_ts || each.thread_ts === each.ts);
  return page(args, workspace, top.reverse());
}

/** Oldest first; the parent leads every page. */
function replies(args: Fields, workspace: Workspace): Fields {
  const channel = readable(args, workspace);
  const parent = workspace.find(channel, str(args, 'ts'));
  if (!parent) throw new SlackApiError('thread_not_found');
  const thread = channel.messages.filter((each) => each !== parent && each.thread_ts === parent.ts);
  return page(args, workspace, [parent, ...thread]);
}

function readable(args: Fields, workspace: Workspace): Channel {
  const channel = workspace.visibleChannel(str(args, 'channel'));
  if (!channel.members.has(workspace.app.botUser)) throw new SlackApiError('not_in_channel');
  return channel;
}

function page(args: Fields, workspace: Workspace, messages: Message[]): Fields {
  const oldest = str(args, 'oldest') || '0';
  const latest = str(args, 'latest') || '9';
  const inclusive = flag(args, 'inclusive');
  const within = messages.filter(
    ({ ts }) => (ts > oldest && ts < latest) || (inclusive && (ts === oldest || ts === latest)),
  );
  const start = Number(str(args, 'cursor') || 0);
  const end = start + Math.min(Number(args.limit ?? 100), 999);
  const more = end < within.length;
  return {
    messages: within.slice(start, end).map((message) => {
      const { metadata, ...rest } = publicMessage(workspace, message);
      return metadata && flag(args, 'include_all_metadata') ? { ...rest, metadata } : rest;
    }),
    has_more: more,
    ...(more ? { response_metadata: { next_cursor: String(end) } } : {}),
  };
}
