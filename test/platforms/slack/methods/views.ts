import { ownTime } from '../../../support/ownTime.js';
import { flag, isFields, objects, str, structured } from '../args.js';
import { validateBlocks } from '../blocks/blocks.js';
import { type Complain, checkText } from '../blocks/blockText.js';
import { LIMITS } from '../blocks/limits.js';
import { withIds } from '../blocks/messages.js';
import { complain, SlackApiError } from '../slackApiError.js';
import type { Fields, View } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import { type Method, scope } from './method.js';

export const views: Record<string, Method> = {
  'views.open': { token: 'bot', scopes: scope(), perMinute: 100, call: open },
  'views.update': { token: 'bot', scopes: scope(), perMinute: 100, call: update },
};

function open(args: Fields, workspace: Workspace): Fields {
  const id = str(args, 'trigger_id');
  const trigger = workspace.triggers.get(id);
  const given = readView(args);
  if (!trigger) throw new SlackApiError(id === '' ? 'invalid_arguments' : 'invalid_trigger_id');
  if (trigger.exchanged) throw new SlackApiError('exchanged_trigger_id');
  if (ownTime() - trigger.createdAt > workspace.options.triggerLifetime) {
    throw new SlackApiError('expired_trigger_id');
  }
  trigger.exchanged = true;
  const view: View = {
    id: workspace.id('V'),
    hash: workspace.secret(),
    user: trigger.user,
    open: true,
    view: withBlockIds(workspace, given),
    errors: {},
  };
  workspace.views.set(view.id, view);
  return { view: publicView(workspace, view) };
}

function update(args: Fields, workspace: Workspace): Fields {
  const given = readView(args);
  const external = str(args, 'external_id');
  const view = external
    ? [...workspace.views.values()].find((other) => other.view.external_id === external)
    : workspace.views.get(str(args, 'view_id'));
  if (!view?.open) throw new SlackApiError('not_found');
  const hash = str(args, 'hash');
  if (hash && hash !== view.hash) throw new SlackApiError('hash_conflict');
  replaceView(workspace, view, given);
  return { view: publicView(workspace, view) };
}

export function replaceView(workspace: Workspace, view: View, given: Fields): void {
  view.view = withBlockIds(workspace, given);
  view.hash = workspace.secret();
  view.errors = {};
}

function withBlockIds(workspace: Workspace, view: Fields): Fields {
  return { ...view, blocks: withIds(workspace, objects(view.blocks)) };
}

function readView(args: Fields): Fields {
  const view = structured(args, 'view', 'invalid_arguments');
  if (!isFields(view)) throw complain('invalid_arguments', ['missing required field: view']);
  if (JSON.stringify(view).length > LIMITS.viewBytes) throw new SlackApiError('view_too_large');
  const complaints = validateView(view);
  if (complaints.length > 0) throw complain('invalid_arguments', complaints);
  return view;
}

/** What Slack would say against a modal; an empty list when it would show it. */
export function validateView(view: Fields): string[] {
  const complaints: string[] = [];
  const say: Complain = (what, pointer) => complaints.push(`${what} [json-pointer:/view${pointer}]`);
  if (view.type !== 'modal') say(`unsupported type: ${view.type}`, '/type');
  checkText(view.title, '/title', LIMITS.modalTitle, say, 'plain');
  for (const name of ['submit', 'close']) {
    if (view[name] !== undefined) checkText(view[name], `/${name}`, LIMITS.modalButton, say, 'plain');
  }
  for (const [name, most] of [
    ['private_metadata', LIMITS.privateMetadata],
    ['callback_id', LIMITS.callbackId],
    ['external_id', LIMITS.callbackId],
  ] as const) {
    const value = view[name];
    if (typeof value === 'string' && value.length > most) {
      say(`must be less than ${most + 1} characters`, `/${name}`);
    }
  }
  const blocks = objects(view.blocks);
  if (blocks.some((block) => block.type === 'input') && view.submit === undefined) {
    say('submit is required when the view has an input block', '');
  }
  complaints.push(...validateBlocks(view.blocks, 'modal'));
  return complaints;
}

/** Slack's view object; `values` is what a person entered. */
export function publicView(workspace: Workspace, view: View, values: Fields = {}): Fields {
  return {
    callback_id: '',
    private_metadata: '',
    external_id: '',
    ...view.view,
    clear_on_close: flag(view.view, 'clear_on_close'),
    notify_on_close: flag(view.view, 'notify_on_close'),
    id: view.id,
    hash: view.hash,
    state: { values },
    team_id: workspace.team.id,
    app_id: workspace.app.id,
    bot_id: workspace.app.botId,
    root_view_id: view.id,
    previous_view_id: null,
  };
}
