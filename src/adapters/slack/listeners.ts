import type {
  App,
  BlockAction,
  ButtonAction,
  Context,
  MessageShortcut,
  SlackViewMiddlewareArgs,
  SlashCommand,
  types,
} from '@slack/bolt';
import { findCommand, slashCommands } from '../../../commands/index.js';
import { findFeatureAddress } from '../../../commands/line/address.js';
import { isTooLong } from '../../../commands/line/grammar.js';
import type { Configuration } from '../../configuration/index.js';
import type { Asker } from '../../jobs/index.js';
import type { Log } from '../../operations/index.js';
import { commandId } from '../chat/commandId.js';
import type { Conversations } from '../chat/conversations.js';
import { ACTIVATE_FORM, activateForm, readActivateForm } from './forms/activate.js';
import { FORM, featureForm, readForm } from './forms/feature.js';
import { allEntered, type Entered, type FormOrigin, type FormResult } from './forms/parts.js';
import { SlackPlace } from './place.js';
import { errorCode } from './posting/errors.js';
import { typedLine, typedText } from './receiving/typedText.js';
import { isManager, manages } from './workspaces/managers.js';
import type { Origin, Workspace } from './workspaces/workspace.js';
import { NotInstalledError, workspaceIn } from './workspaces/workspaces.js';

/** The shortcuts in the menu of every message. */
const SHORTCUT = 'explain_feature';
const TEXT_SHORTCUT = 'activate_text';

/** The command that an event may become, and where to log what concerns it. */
interface CommandLog {
  id: string;
  /** When it came, by performance.now(). */
  since: number;
  log: Log;
}

/** What has just come from Slack. */
interface Arrival {
  /** Id of the command that it may become. */
  id: string;
  /** Where it came from; the log's lines hold the id. */
  workspace: Workspace;
}

/** Receives what people do in Slack, and acknowledges it first: Slack waits three seconds, and answers take longer. */
export function listen(app: App, conversations: Conversations, configuration: Configuration, log: Log): void {
  app.use(async ({ context, next }) => {
    const id = commandId();
    context.command = {
      id,
      since: performance.now(),
      log: log.with({ id, platform: 'slack' }),
    } satisfies CommandLog;
    await next();
  });

  const ask = (
    { id, workspace }: Arrival,
    event: string | undefined,
    line: string,
    origin: Origin,
    thread = origin.thread,
  ) =>
    void conversations.ask({
      id,
      event,
      asker: askerOf(origin),
      manager: (what) => manages(workspace.client, origin, what),
      line,
      thread: thread && `slack:${origin.channel}:${thread}`,
      place: new SlackPlace(workspace, origin),
    });

  app.command('/feature', async ({ ack, command, context }) => {
    await acknowledged(context, ack());
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const origin = commandOrigin(workspace, command);
    const text = typedText(command.text, workspace.botUser);
    if (isTooLong(text)) return ask(arrival, command.trigger_id, text, origin);
    if (text === '') {
      const { channel, responseUrl } = origin;
      const view = featureForm(findCommand('feature'), configuration, { channel, responseUrl });
      return openForm(arrival, command.trigger_id, view, () =>
        ask(arrival, undefined, 'help feature', origin),
      );
    }
    const line = text.toLowerCase() === 'help' ? 'help feature' : `feature ${text}`;
    ask(arrival, command.trigger_id, line, origin);
  });

  for (const { name, verbs } of slashCommands()) {
    app.command(`/${name}`, async ({ ack, command, context }) => {
      await acknowledged(context, ack());
      const arrival = arrivalOf(context);
      const { workspace } = arrival;
      const origin = commandOrigin(workspace, command);
      const text = typedText(command.text, workspace.botUser);
      if (isTooLong(text)) return ask(arrival, command.trigger_id, text, origin);
      if (text === '' && name === 'activate') {
        return openActivateForm(arrival, command.trigger_id, origin, '');
      }
      // A command with verbs means something without any words.
      const needsHelp = text.toLowerCase() === 'help' || (text === '' && !verbs);
      const line = needsHelp ? `help ${name}` : `${name} ${text}`.trim();
      ask(arrival, command.trigger_id, line, origin);
    });
  }

  app.command('/ghosttree', async ({ ack, command, context }) => {
    await acknowledged(context, ack());
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const line = typedLine(command.text, workspace.botUser);
    ask(arrival, command.trigger_id, line, commandOrigin(workspace, command));
  });

  app.event('app_mention', async ({ event, body, context }) => {
    // Other bots may quote us; answering them could go on for ever.
    if (event.bot_id || !event.user) return;
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const { channel, user, ts, thread_ts: thread } = event;
    const origin = { team: workspace.team, channel, user, thread: thread ?? ts };
    ask(arrival, body.event_id, typedLine(event.text, workspace.botUser), origin, thread);
  });

  app.message(async ({ message, body, context }) => {
    if (message.channel_type !== 'im' || message.subtype !== undefined || message.bot_id) return;
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const { channel, user, thread_ts: thread, text = '' } = message;
    const origin = { team: workspace.team, channel, user, thread, direct: true };
    ask(arrival, body.event_id, typedLine(text, workspace.botUser), origin);
  });

  app.action<BlockAction<ButtonAction>>({ type: 'block_actions' }, async ({ ack, body, action, context }) => {
    await acknowledged(context, ack());
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const { container, user, trigger_id: event, response_url: responseUrl } = body;
    if (container.type !== 'message' || action.type !== 'button') return;
    const channel: string = container.channel_id;
    // A private answer in the channel tells by its buttons which thread it is about.
    const root: string = container.message_ts;
    const thread: string = action.value ?? body.message?.thread_ts ?? container.thread_ts ?? root;
    const pressed = action.value !== undefined || thread === root ? ('root' as const) : undefined;
    // Only our messages have our buttons, so direct messages that hold one are those with us.
    const direct = channel.startsWith('D');
    const origin = { team: workspace.team, channel, user: user.id, thread, pressed, responseUrl, direct };
    const place = new SlackPlace(workspace, origin);
    const button = action.action_id;
    // Only buttons that may hurt others need a manager, so that Slack is asked rarely.
    const dangerous = 'style' in action && action.style === 'danger';
    const manager = dangerous && (await isManager(workspace.client, user.id, channel));
    void conversations.press({ id: arrival.id, event, asker: askerOf(origin), button, manager, place });
  });

  app.shortcut<MessageShortcut>(SHORTCUT, async ({ ack, shortcut, context }) => {
    await acknowledged(context, ack());
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const origin = shortcutOrigin(workspace, shortcut);
    const message = typedText(shortcut.message.text ?? '', workspace.botUser);
    if (isTooLong(message)) return ask(arrival, shortcut.trigger_id, message, origin, undefined);
    const address = findFeatureAddress(message);
    if (address) return ask(arrival, shortcut.trigger_id, `feature ${address}`, origin, undefined);
    const text =
      'This message names no feature. I look for a neuronpedia.org address, or something like: L10 F777';
    await new SlackPlace(workspace, origin).whisper({ text });
  });

  app.shortcut<MessageShortcut>(TEXT_SHORTCUT, async ({ ack, shortcut, context }) => {
    await acknowledged(context, ack());
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const text = typedText(shortcut.message.text ?? '', workspace.botUser);
    const origin = shortcutOrigin(workspace, shortcut);
    if (isTooLong(text)) return ask(arrival, shortcut.trigger_id, text, origin, undefined);
    return openActivateForm(arrival, shortcut.trigger_id, origin, text);
  });

  app.view(FORM, (sent) => submitted(sent, (entered) => readForm(findCommand('feature'), entered)));
  app.view(ACTIVATE_FORM, (sent) => submitted(sent, readActivateForm));

  app.error(async (error) => {
    const { original } = error as { original?: unknown };
    if (original instanceof NotInstalledError) {
      log.info(`Slack: an event was dropped: ${original.message}`);
    } else log.fault('Something that came from Slack could not be handled', error);
  });

  /** Waits for the acknowledgement; the person is answered even when Slack did not get it. */
  async function acknowledged({ command }: Context, ack: Promise<void>): Promise<void> {
    const { log, since } = command as CommandLog;
    try {
      await ack;
      conversations.acknowledged('slack', performance.now() - since);
    } catch (error) {
      log.fault('Slack did not get an acknowledgement', error);
    }
  }

  function openActivateForm(
    arrival: Arrival,
    trigger: string,
    origin: Origin & { responseUrl: string },
    text: string,
  ): Promise<void> {
    const { channel, responseUrl, thread } = origin;
    const view = activateForm(configuration, { channel, responseUrl, ...(thread && { thread }) }, text);
    return openForm(arrival, trigger, view, () =>
      ask(arrival, undefined, 'help activate', origin, undefined),
    );
  }

  async function openForm(
    { workspace }: Arrival,
    trigger: string,
    view: types.ModalView,
    instead: () => void,
  ): Promise<void> {
    try {
      await workspace.client.views.open({ trigger_id: trigger, view });
    } catch (error) {
      // Slack delivered the command twice, and the form is open.
      if (errorCode(error) === 'exchanged_trigger_id') return;
      workspace.log.fault('The form could not be opened', error);
      instead();
    }
  }

  async function submitted(
    { ack, body, view, context }: SlackViewMiddlewareArgs & { context: Context },
    read: (entered: Entered) => FormResult,
  ): Promise<void> {
    const texts = allEntered(view.state.values);
    const result = isTooLong(...texts) ? { line: texts.join(' ') } : read(view.state.values);
    if ('errors' in result)
      return acknowledged(context, ack({ response_action: 'errors', errors: result.errors }));
    await acknowledged(context, ack());
    const { channel, responseUrl, thread } = JSON.parse(view.private_metadata) as FormOrigin;
    const arrival = arrivalOf(context);
    const { workspace } = arrival;
    const origin = { team: workspace.team, channel, user: body.user.id, responseUrl, thread };
    ask(arrival, `${view.id} ${view.hash}`, result.line, origin, undefined);
  }
}

function arrivalOf(context: Context): Arrival {
  const { id, log } = context.command as CommandLog;
  return { id, workspace: { ...workspaceIn(context), log } };
}

/** Answers to a shortcut belong to the thread of its message. */
function shortcutOrigin({ team }: Workspace, shortcut: MessageShortcut) {
  const { channel, user, message, message_ts, response_url: responseUrl } = shortcut;
  const thread = typeof message.thread_ts === 'string' ? message.thread_ts : message_ts;
  return { team, channel: channel.id, user: user.id, thread, responseUrl };
}

function commandOrigin({ team }: Workspace, command: SlashCommand) {
  const { channel_id: channel, user_id: user, response_url: responseUrl } = command;
  return { team, channel, user, responseUrl };
}

function askerOf({ team, channel, user }: Origin): Asker {
  return {
    person: `slack:${team}:${user}`,
    channel: `slack:${team}:${channel}`,
    workspace: `slack:${team}`,
    direct: channel.startsWith('D'),
  };
}
