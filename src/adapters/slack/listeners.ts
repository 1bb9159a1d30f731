import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  ButtonAction,
  MessageShortcut,
  SlackViewMiddlewareArgs,
  types,
} from '@slack/bolt';
import { findFeatureAddress } from '../../../commands/featureAddress.js';
import { findCommand, slashCommands } from '../../../commands/index.js';
import type { Configuration } from '../../config.js';
import type { Log } from '../../operations/index.js';
import { commandId } from '../chat/commandId.js';
import type { Conversations } from '../chat/conversations.js';
import { ACTIVATE_FORM, activateForm, readActivateForm } from './activateForm.js';
import { FORM, featureForm, readForm } from './form.js';
import type { FormOrigin, FormResult } from './formParts.js';
import { isManager } from './managers.js';
import { SlackPlace } from './place.js';
import { errorCode } from './slackErrors.js';
import { typedLine, typedText } from './typedText.js';
import type { Origin, Workspace } from './workspace.js';

/** The shortcuts in the menu of every message. */
const SHORTCUT = 'explain_feature';
const TEXT_SHORTCUT = 'activate_text';

/** What has just come from Slack, under the id of the command that it may become. */
interface Heard {
  id: string;
  /** When, as performance.now() tells it. */
  since: number;
  log: Log;
}

/** Hears what people do in Slack. Everything is acknowledged first: Slack waits three seconds, answers take longer. */
export function listen(
  app: App,
  workspace: Workspace,
  conversations: Conversations,
  configuration: Configuration,
): void {
  const { client, botUser, log } = workspace;

  app.use(async ({ context, next }) => {
    const id = commandId();
    context.heard = {
      id,
      since: performance.now(),
      log: log.with({ id, platform: 'slack' }),
    } satisfies Heard;
    await next();
  });

  const placeFor = (heard: Heard, origin: Origin) => new SlackPlace({ ...workspace, log: heard.log }, origin);

  const ask = (
    heard: Heard,
    event: string | undefined,
    line: string,
    origin: Origin,
    thread = origin.thread,
  ) =>
    void conversations.ask({
      id: heard.id,
      event,
      asker: askerOf(origin),
      line,
      thread: thread && `slack:${origin.channel}:${thread}`,
      place: placeFor(heard, origin),
    });

  app.command('/feature', async ({ ack, command, context: { heard } }) => {
    await acknowledged(heard, ack());
    const origin = { ...commandOrigin(command), responseUrl: command.response_url };
    const text = typedText(command.text, botUser);
    if (text === '') {
      const { channel, responseUrl } = origin;
      const view = featureForm(findCommand('feature'), configuration, { channel, responseUrl });
      return openForm(heard, command.trigger_id, view, () => ask(heard, undefined, 'help feature', origin));
    }
    const line = text.toLowerCase() === 'help' ? 'help feature' : `feature ${text}`;
    ask(heard, command.trigger_id, line, origin);
  });

  for (const { name } of slashCommands()) {
    app.command(`/${name}`, async ({ ack, command, context: { heard } }) => {
      await acknowledged(heard, ack());
      const origin = { ...commandOrigin(command), responseUrl: command.response_url };
      const text = typedText(command.text, botUser);
      if (text === '' && name === 'activate') return openActivateForm(heard, command.trigger_id, origin, '');
      ask(heard, command.trigger_id, /^(help)?$/i.test(text) ? `help ${name}` : `${name} ${text}`, origin);
    });
  }

  app.command('/ghosttree', async ({ ack, command, context: { heard } }) => {
    await acknowledged(heard, ack());
    const origin = { ...commandOrigin(command), responseUrl: command.response_url };
    ask(heard, command.trigger_id, typedLine(command.text, botUser), origin);
  });

  app.event('app_mention', async ({ event, body, context: { heard } }) => {
    // Other bots may quote us; answering them could go on for ever.
    if (event.bot_id || !event.user) return;
    const { channel, user, ts, thread_ts: thread } = event;
    const origin = { team: body.team_id, channel, user, thread: thread ?? ts };
    ask(heard, body.event_id, typedLine(event.text, botUser), origin, thread);
  });

  app.message(async ({ message, body, context: { heard } }) => {
    if (message.channel_type !== 'im' || message.subtype !== undefined || message.bot_id) return;
    const { channel, user, thread_ts: thread, text = '' } = message;
    const origin = { team: body.team_id, channel, user, thread, direct: true };
    ask(heard, body.event_id, typedLine(text, botUser), origin);
  });

  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions' },
    async ({ ack, body, action, context: { heard } }) => {
      await acknowledged(heard, ack());
      const { container, user, trigger_id: event, response_url: responseUrl } = body;
      if (container.type !== 'message' || action.type !== 'button') return;
      const channel: string = container.channel_id;
      const thread: string = body.message?.thread_ts ?? container.thread_ts ?? container.message_ts;
      // Only our own messages have our buttons, so what stands in direct messages stands in those with us.
      const direct = channel.startsWith('D');
      const origin = { team: body.team?.id ?? '', channel, user: user.id, thread, responseUrl, direct };
      const place = placeFor(heard, origin);
      const button = action.action_id;
      // Only what may hurt others depends on it, so that Slack is asked rarely.
      const dangerous = 'style' in action && action.style === 'danger';
      const manager = dangerous && (await isManager(client, user.id, channel));
      void conversations.press({ id: heard.id, event, asker: askerOf(origin), button, manager, place });
    },
  );

  app.shortcut<MessageShortcut>(SHORTCUT, async ({ ack, shortcut, context: { heard } }) => {
    await acknowledged(heard, ack());
    const origin = shortcutOrigin(shortcut);
    const address = findFeatureAddress(typedText(shortcut.message.text ?? '', botUser));
    if (address) return ask(heard, shortcut.trigger_id, `feature ${address}`, origin, undefined);
    const text =
      'This message names no feature. I look for a neuronpedia.org address, or something like: L10 F777';
    await placeFor(heard, origin).whisper({ text });
  });

  app.shortcut<MessageShortcut>(TEXT_SHORTCUT, async ({ ack, shortcut, context: { heard } }) => {
    await acknowledged(heard, ack());
    const origin = shortcutOrigin(shortcut);
    return openActivateForm(
      heard,
      shortcut.trigger_id,
      origin,
      typedText(shortcut.message.text ?? '', botUser),
    );
  });

  app.view(FORM, (sent) => heardForm(sent, readForm(findCommand('feature'), sent.view.state.values)));
  app.view(ACTIVATE_FORM, (sent) => heardForm(sent, readActivateForm(sent.view.state.values)));

  app.error(async (error) => log.fault('Something that came from Slack could not be handled', error));

  /** The person is answered even when Slack did not hear that we heard. */
  async function acknowledged({ log, since }: Heard, ack: Promise<void>): Promise<void> {
    try {
      await ack;
      conversations.acknowledged('slack', performance.now() - since);
    } catch (error) {
      log.fault('Slack did not get an acknowledgement', error);
    }
  }

  function openActivateForm(
    heard: Heard,
    trigger: string,
    origin: Origin & { responseUrl: string },
    text: string,
  ): Promise<void> {
    const { channel, responseUrl, thread } = origin;
    const view = activateForm(configuration, { channel, responseUrl, ...(thread && { thread }) }, text);
    return openForm(heard, trigger, view, () => ask(heard, undefined, 'help activate', origin, undefined));
  }

  async function openForm(
    heard: Heard,
    trigger: string,
    view: types.ModalView,
    instead: () => void,
  ): Promise<void> {
    try {
      await client.views.open({ trigger_id: trigger, view });
    } catch (error) {
      // A command that Slack delivered twice: the form is open.
      if (errorCode(error) === 'exchanged_trigger_id') return;
      heard.log.fault('The form could not be opened', error);
      instead();
    }
  }

  async function heardForm(
    { ack, body, view, context: { heard } }: SlackViewMiddlewareArgs & AllMiddlewareArgs,
    result: FormResult,
  ): Promise<void> {
    if ('errors' in result)
      return acknowledged(heard, ack({ response_action: 'errors', errors: result.errors }));
    await acknowledged(heard, ack());
    const { channel, responseUrl, thread } = JSON.parse(view.private_metadata) as FormOrigin;
    const origin = { team: body.team?.id ?? '', channel, user: body.user.id, responseUrl, thread };
    ask(heard, `${view.id} ${view.hash}`, result.line, origin, undefined);
  }
}

/** Answers to a shortcut belong to the thread of its message. */
function shortcutOrigin({ channel, user, message, message_ts, team, response_url }: MessageShortcut) {
  const thread = typeof message.thread_ts === 'string' ? message.thread_ts : message_ts;
  return { team: team?.id ?? '', channel: channel.id, user: user.id, thread, responseUrl: response_url };
}

function commandOrigin(command: { team_id: string; channel_id: string; user_id: string }): Origin {
  return { team: command.team_id, channel: command.channel_id, user: command.user_id };
}

function askerOf({ team, channel, user }: Origin) {
  return { person: `slack:${team}:${user}`, channel: `slack:${team}:${channel}` };
}
