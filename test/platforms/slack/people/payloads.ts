import { isFields, objects } from '../args.js';
import { publicMessage } from '../blocks/messages.js';
import { escapeText } from '../blocks/typedText.js';
import { publicView } from '../methods/views.js';
import type { Channel, Ephemeral, Fields, Message, View } from '../types.js';
import type { Workspace } from '../world/workspace.js';

/** A slash command: a flat form, all values strings. */
export function commandPayload(
  workspace: Workspace,
  user: string,
  channel: Channel,
  command: string,
  text: string,
  responseUrl: string,
): Fields {
  return {
    token: 'legacy-verification-token',
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: channel.id,
    channel_name: channel.kind === 'private' ? 'privategroup' : channel.name,
    user_id: user,
    user_name: workspace.users.get(user)?.name ?? '',
    command,
    text: escapeText(text),
    api_app_id: workspace.app.id,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: workspace.trigger(user),
  };
}

/** An event in its wrapper; event_id is the same in every repetition. */
export function eventPayload(workspace: Workspace, event: Fields): Fields {
  const authorization = {
    enterprise_id: null,
    team_id: workspace.team.id,
    user_id: workspace.app.botUser,
    is_bot: true,
    is_enterprise_install: false,
  };
  return {
    token: 'legacy-verification-token',
    team_id: workspace.team.id,
    api_app_id: workspace.app.id,
    event,
    type: 'event_callback',
    event_id: workspace.id('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: false,
    event_context: `4-${workspace.secret()}`,
  };
}

/** What every interaction says about its place and person. */
function interaction(workspace: Workspace, type: string, user: string): Fields {
  const name = workspace.users.get(user)?.name ?? '';
  return {
    type,
    token: 'legacy-verification-token',
    team: { ...workspace.team },
    user: { id: user, username: name, name, team_id: workspace.team.id },
    api_app_id: workspace.app.id,
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: workspace.trigger(user),
  };
}

export function buttonPayload(
  workspace: Workspace,
  user: string,
  message: Message | Ephemeral,
  button: { blockId: string; element: Fields },
  responseUrl: string,
): Fields {
  const channel = workspace.channels.get(message.channel);
  const { action_id, text, value, style } = button.element;
  return {
    ...interaction(workspace, 'block_actions', user),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: 'visibleTo' in message,
      ...(message.thread_ts ? { thread_ts: message.thread_ts } : {}),
    },
    channel: { id: message.channel, name: channel?.name ?? '' },
    // Slack does not tell the app what stood in a private answer.
    ...('visibleTo' in message ? {} : { message: publicMessage(workspace, message) }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      {
        type: 'button',
        action_id,
        block_id: button.blockId,
        text,
        ...(value === undefined ? {} : { value }),
        ...(style === undefined ? {} : { style }),
        action_ts: workspace.ts(),
      },
    ],
  };
}

export function shortcutPayload(
  workspace: Workspace,
  user: string,
  message: Message,
  callbackId: string,
  responseUrl: string,
): Fields {
  const channel = workspace.channels.get(message.channel);
  return {
    ...interaction(workspace, 'message_action', user),
    callback_id: callbackId,
    action_ts: workspace.ts(),
    message_ts: message.ts,
    message: publicMessage(workspace, message),
    channel: { id: message.channel, name: channel?.name ?? '' },
    response_url: responseUrl,
  };
}

export function viewPayload(
  workspace: Workspace,
  type: 'view_submission' | 'view_closed',
  view: View,
  values: Fields,
): Fields {
  return {
    ...interaction(workspace, type, view.user),
    view: publicView(workspace, view, values),
    ...(type === 'view_submission' ? { response_urls: [] } : { is_cleared: false }),
  };
}

/** The button with this action_id, in an actions block or as an accessory. */
export function findButton(blocks: readonly Fields[], actionId: string) {
  for (const block of blocks) {
    const candidates = [...objects(block.elements), ...(isFields(block.accessory) ? [block.accessory] : [])];
    const element = candidates.find((each) => each.type === 'button' && each.action_id === actionId);
    if (element) return { blockId: String(block.block_id), element };
  }
  return null;
}
