import { isFields } from '../args.js';
import { typedText } from '../blocks/typedText.js';
import { replaceView, validateView } from '../methods/views.js';
import type { Ack, EnvelopeType, Signature } from '../transport/delivery.js';
import type { Dispatch } from '../transport/dispatch.js';
import { responseUrl, useResponse } from '../transport/responseUrls.js';
import type { Channel, Ephemeral, Fields, Message, View } from '../types.js';
import type { Workspace } from '../world/workspace.js';
import { type Entered, formState } from './forms.js';
import {
  buttonPayload,
  commandPayload,
  eventPayload,
  findButton,
  shortcutPayload,
  viewPayload,
} from './payloads.js';

/** How a request is signed, for HTTP mode. */
export interface Sending {
  signature?: Signature;
}

export interface Reacting {
  user: string;
  messageTs: string;
  /** Of the emoji, without colons. */
  name: string;
  /** Whether the emoji is taken away. */
  removes?: boolean;
}

/** What people in the workspace do, and what of it reaches the app. */
export class People {
  constructor(
    private readonly workspace: Workspace,
    private readonly dispatch: Dispatch,
    private readonly base: string,
  ) {}

  /** Types `/command text`. Slack's client refuses this inside a thread: null, and the app hears nothing. */
  async typeCommand(
    options: { user: string; channel: string; command: string; text: string; thread?: string } & Sending,
  ): Promise<Ack | null> {
    const { user, command, text } = options;
    const channel = this.place(user, options.channel);
    if (options.thread) return null;
    if (!this.workspace.scopes.has('commands')) throw new Error('the app lacks the scope commands');
    const url = responseUrl(this.workspace, this.base, user, channel.id, null);
    const payload = commandPayload(this.workspace, user, channel, command, text, url);
    const ack = await this.tell('slash_commands', payload, true, options.signature);
    if (ack.response && !ack.failure) this.answer(url, ack.response);
    return ack;
  }

  /** Writes a message; the app hears of it by app_mention or, in a direct conversation, message.im. */
  async say(
    options: { user: string; channel: string; text: string; thread?: string } & Sending,
  ): Promise<{ message: Message; ack: Ack | null }> {
    const channel = this.place(options.user, options.channel);
    const message: Message = {
      type: 'message',
      channel: channel.id,
      ts: this.workspace.ts(),
      user: options.user,
      text: typedText(options.text),
      ...(options.thread ? { thread_ts: options.thread } : {}),
    };
    const parent = options.thread ? this.workspace.find(channel, options.thread) : undefined;
    if (parent) parent.thread_ts = parent.ts;
    channel.messages.push(message);
    const event = this.heard(channel, message);
    if (!event) return { message, ack: null };
    const payload = eventPayload(this.workspace, event);
    return { message, ack: await this.tell('events_api', payload, false, options.signature) };
  }

  /** Adds an emoji to a message, or takes it away; the app hears of it where it is a member and asked to. */
  async react({ user, messageTs, name, removes = false }: Reacting): Promise<Ack | null> {
    const message = this.message(messageTs);
    if ('visibleTo' in message) throw new Error('nobody can react to private answers');
    const channel = this.place(user, message.channel);
    const type = removes ? 'reaction_removed' : 'reaction_added';
    message.reactions ??= [];
    const { reactions } = message;
    const known = reactions.findIndex((each) => each.user === user && each.name === name);
    if (removes === known < 0) throw new Error(`${user} cannot do that: ${type} ${name}`);
    if (removes) reactions.splice(known, 1);
    else reactions.push({ user, name });
    const { app, scopes, options } = this.workspace;
    const wanted = scopes.has('reactions:read') && options.subscriptions.includes(type);
    if (!wanted || !channel.members.has(app.botUser)) return null;
    const item = { type: 'message', channel: channel.id, ts: messageTs };
    const event = {
      type,
      user,
      reaction: name,
      item,
      item_user: message.user,
      event_ts: this.workspace.ts(),
    };
    return this.tell('events_api', eventPayload(this.workspace, event), false);
  }

  /** Presses a button of a message, public or private to this person. */
  async clickButton(options: { user: string; messageTs: string; actionId: string } & Sending): Promise<Ack> {
    const { user, messageTs, actionId } = options;
    const message = this.message(messageTs);
    const button = findButton(message.blocks ?? [], actionId);
    if (!button) throw new Error(`message ${messageTs} has no button ${actionId}`);
    if ('files' in message && message.files?.length)
      throw new Error(`buttons of the upload ${messageTs} are dead`);
    if ('visibleTo' in message && message.visibleTo !== user)
      throw new Error(`${user} does not see ${messageTs}`);
    this.place(user, message.channel);
    const url = responseUrl(this.workspace, this.base, user, message.channel, message);
    const payload = buttonPayload(this.workspace, user, message, button, url);
    return this.tell('interactive', payload, false, options.signature);
  }

  /** Chooses a message shortcut from a message's menu. */
  async openShortcut(
    options: { user: string; messageTs: string; callbackId: string } & Sending,
  ): Promise<Ack> {
    const message = this.message(options.messageTs);
    if ('visibleTo' in message) throw new Error('private answers have no shortcuts');
    this.place(options.user, message.channel);
    const url = responseUrl(this.workspace, this.base, options.user, message.channel, message);
    const payload = shortcutPayload(this.workspace, options.user, message, options.callbackId, url);
    return this.tell('interactive', payload, false, options.signature);
  }

  /** Fills in an open modal, by default the last one this person got, and submits it. */
  async submitView(options: { user: string; viewId?: string; values?: Entered } & Sending): Promise<Ack> {
    const view = this.openView(options.user, options.viewId);
    const payload = viewPayload(
      this.workspace,
      'view_submission',
      view,
      formState(view, options.values ?? {}),
    );
    const ack = await this.tell('interactive', payload, true, options.signature);
    if (!ack.failure) this.closeOrShow(view, ack.response);
    return ack;
  }

  /** Dismisses a modal; the app hears of it only when it asked to. */
  async closeView(options: { user: string; viewId?: string }): Promise<Ack | null> {
    const view = this.openView(options.user, options.viewId);
    view.open = false;
    if (view.view.notify_on_close !== true) return null;
    return this.tell('interactive', viewPayload(this.workspace, 'view_closed', view, {}), false);
  }

  /** Tells the app what happened, if it subscribed to that. */
  async hear(event: Fields): Promise<Ack | null> {
    if (!this.workspace.options.subscriptions.includes(String(event.type))) return null;
    return this.tell('events_api', eventPayload(this.workspace, event), false);
  }

  private tell(
    type: EnvelopeType,
    payload: Fields,
    acceptsResponse: boolean,
    signature: Signature = 'valid',
  ) {
    return this.dispatch.send({
      type,
      payload,
      acceptsResponse,
      signature,
      retry: { attempt: 0, reason: '' },
    });
  }

  private place(user: string, id: string): Channel {
    const channel = this.workspace.channels.get(id);
    if (!channel?.members.has(user)) throw new Error(`${user} is not in ${id}`);
    if (channel.archived) throw new Error(`${id} is archived; nobody can act there`);
    return channel;
  }

  private message(ts: string): Message | Ephemeral {
    const message = this.workspace.findAnywhere(ts);
    if (!message) throw new Error(`there is no message ${ts}`);
    return message;
  }

  private openView(user: string, id?: string): View {
    const open = [...this.workspace.views.values()].filter((view) => view.open && view.user === user);
    const view = id ? open.find((each) => each.id === id) : open.at(-1);
    if (!view) throw new Error(`${user} has no open modal`);
    return view;
  }

  private heard(channel: Channel, message: Message): Fields | null {
    const { app, scopes, options, team } = this.workspace;
    if (!channel.members.has(app.botUser)) return null;
    const direct = channel.kind === 'im';
    const wanted = direct
      ? scopes.has('im:history') && options.subscriptions.includes('message.im')
      : message.text.includes(`<@${app.botUser}`) &&
        scopes.has('app_mentions:read') &&
        options.subscriptions.includes('app_mention');
    if (!wanted) return null;
    const kind = direct ? { type: 'message', channel_type: 'im' } : { type: 'app_mention' };
    return { ...message, ...kind, event_ts: message.ts, team: team.id };
  }

  /** An ack's answer is used like the first answer to the response_url, without counting. */
  private answer(url: string, response: Fields): void {
    const bound = this.workspace.responseUrls.get(url.split('/').at(-1)!);
    if (bound) useResponse(this.workspace, bound, response);
  }

  private closeOrShow(view: View, response: Fields | null): void {
    switch (response?.response_action) {
      case 'errors':
        view.errors = (isFields(response.errors) ? response.errors : {}) as Record<string, string>;
        return;
      case 'update': {
        const next = isFields(response.view) ? response.view : {};
        const complaints = validateView(next);
        if (complaints.length > 0)
          throw new Error(`Slack would not show this view: ${complaints.join('; ')}`);
        replaceView(this.workspace, view, next);
        return;
      }
      case 'push':
        throw new Error('this server stacks no views');
      default:
        view.open = false;
    }
  }
}
