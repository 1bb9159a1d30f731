import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  Events,
  type Interaction,
  type Message,
  type MessageContextMenuCommandInteraction,
  MessageType,
  type ModalSubmitInteraction,
} from 'discord.js';
import { findFeatureAddress } from '../../../commands/line/address.js';
import type { Managed } from '../../../commands/line/command.js';
import { isTooLong } from '../../../commands/line/grammar.js';
import type { Configuration } from '../../configuration/index.js';
import type { Asker } from '../../jobs/index.js';
import type { Log } from '../../operations/index.js';
import { commandId } from '../chat/commandId.js';
import type { Conversations } from '../chat/conversations.js';
import { FEATURE_COMMAND, TEXT_COMMAND, TEXTS_COMMAND } from './commands/applicationCommands.js';
import { choicesFor } from './commands/autocomplete.js';
import { lineOfCommand, lineOfMessage } from './commands/commandLine.js';
import { activateForm, lineOfActivateForm, messageOfForm } from './forms/activate.js';
import { FORM_ID, featureForm, lineOfForm } from './forms/feature.js';
import { MANAGER, manages, threadsIn } from './permissions.js';
import { aimOf, DiscordPlace, type Source } from './place.js';
import type { DiscordApi } from './posting/api.js';
import { isAcknowledged, isExpired } from './posting/failures.js';
import { InteractionResponse } from './posting/interactionResponse.js';

type Answerable =
  | ChatInputCommandInteraction
  | MessageContextMenuCommandInteraction
  | ModalSubmitInteraction
  | ButtonInteraction;

const NO_FEATURE =
  'There is no feature in that message: I look for an address of neuronpedia.org, or something like L10 F777.';

/** Hands what happens on Discord to the conversations. */
export class EventListener {
  private readonly unfinished = new Set<Promise<void>>();

  constructor(
    private readonly client: Client<true>,
    private readonly api: DiscordApi,
    private readonly conversations: Conversations,
    private readonly configuration: Configuration,
    private readonly log: Log,
  ) {}

  start(): void {
    this.client.on(Events.InteractionCreate, this.onInteraction);
    this.client.on(Events.MessageCreate, this.onMessage);
  }

  /** Stops listening; resolves when everything that was received is answered. */
  async stop(): Promise<void> {
    this.client.off(Events.InteractionCreate, this.onInteraction);
    this.client.off(Events.MessageCreate, this.onMessage);
    await Promise.all(this.unfinished);
  }

  private readonly onInteraction = (interaction: Interaction) =>
    this.track('an interaction', (id) => this.interaction(interaction, id));

  private readonly onMessage = (message: Message) =>
    this.track('a message', (id) => this.message(message, id));

  private async interaction(interaction: Interaction, id: string): Promise<void> {
    if (interaction.isAutocomplete()) {
      return interaction.respond(choicesFor(interaction, this.configuration));
    }
    if (interaction.isChatInputCommand()) {
      const line = lineOfCommand(interaction);
      if (line !== undefined) return this.ask(id, interaction, line);
      const isText = interaction.commandName === TEXTS_COMMAND;
      await interaction.showModal(
        isText ? activateForm(this.configuration) : featureForm(this.configuration),
      );
    } else if (interaction.isModalSubmit() && interaction.customId === FORM_ID) {
      return this.ask(id, interaction, lineOfForm(interaction, this.configuration));
    } else if (interaction.isModalSubmit()) {
      return this.activate(id, interaction);
    } else if (interaction.isMessageContextMenuCommand()) {
      if (interaction.commandName !== TEXT_COMMAND) return this.explain(id, interaction);
      const { id: message, content } = interaction.targetMessage;
      await interaction.showModal(activateForm(this.configuration, { id: message, content }));
    } else if (interaction.isButton()) {
      return this.press(id, interaction);
    }
  }

  private async ask(id: string, interaction: Answerable, line: string): Promise<void> {
    const response = this.responseTo(interaction);
    response.deferInTime();
    try {
      await this.conversations.ask({
        id,
        event: `discord:${interaction.id}`,
        asker: askerOf(interaction),
        manager: managerOf(interaction),
        line,
        thread: `discord:${interaction.channelId}`,
        place: new DiscordPlace(this.api, sourceOf(interaction, response)),
      });
    } finally {
      response.stop();
    }
  }

  /** "Explain this feature" answers in a thread of the message that names it. */
  private async explain(id: string, interaction: MessageContextMenuCommandInteraction): Promise<void> {
    const { targetMessage } = interaction;
    const place = this.placeBelow(interaction, targetMessage.id);
    const links = targetMessage.embeds.flatMap(({ url, title, description }) => [url, title, description]);
    const texts = [targetMessage.content, ...links].join('\n');
    if (isTooLong(texts)) return this.askBelow(id, interaction, texts, place);
    const address = findFeatureAddress(texts);
    if (!address) return place.whisper({ text: NO_FEATURE });
    await this.askBelow(id, interaction, `${FEATURE_COMMAND} ${address}`, place);
  }

  /** The form of "Features on this text" is answered in a thread of the message that holds the text. */
  private async activate(id: string, interaction: ModalSubmitInteraction): Promise<void> {
    const message = messageOfForm(interaction);
    if (message === undefined) return;
    if (message === '') return this.ask(id, interaction, lineOfActivateForm(interaction));
    const place = this.placeBelow(interaction, message);
    await this.askBelow(id, interaction, lineOfActivateForm(interaction), place);
  }

  private responseTo(interaction: Answerable): InteractionResponse {
    return new InteractionResponse(this.api, interaction, (milliseconds) =>
      this.conversations.acknowledged('discord', milliseconds),
    );
  }

  private placeBelow(interaction: Answerable, message: string): DiscordPlace {
    const response = this.responseTo(interaction);
    // The first response would be in the channel, where the answer should not be: so it is for the person only.
    void response.defer();
    const source = sourceOf(interaction, response);
    return new DiscordPlace(this.api, { ...source, target: { channelId: source.channelId, id: message } });
  }

  private askBelow(id: string, interaction: Answerable, line: string, place: DiscordPlace): Promise<void> {
    const event = `discord:${interaction.id}`;
    const manager = managerOf(interaction);
    return this.conversations.ask({ id, event, asker: askerOf(interaction), manager, line, place });
  }

  private async press(id: string, interaction: ButtonInteraction): Promise<void> {
    const response = this.responseTo(interaction);
    void response.hear();
    const { button, message } = aimOf(interaction.customId);
    const source = sourceOf(interaction, response);
    // What stands in a channel has its thread below it.
    const isInThread = interaction.channel?.isThread() === true || source.isDirect;
    const below = message ?? (isInThread ? undefined : interaction.message.id);
    const target = below === undefined ? undefined : { channelId: source.channelId, id: below };
    await this.conversations.press({
      id,
      event: `discord:${interaction.id}`,
      asker: askerOf(interaction),
      button,
      manager: interaction.memberPermissions?.any(MANAGER) ?? false,
      place: new DiscordPlace(this.api, { ...source, target }),
    });
  }

  private async message(message: Message, id: string): Promise<void> {
    const isFromPerson = message.type === MessageType.Default || message.type === MessageType.Reply;
    if (message.author.bot || !isFromPerson) return;
    const line = lineOfMessage(message, this.client.user.id);
    if (line === undefined) return;
    const { channel, channelId, author, guild } = message;
    const permissions =
      guild?.members.me && message.inGuild() ? message.channel.permissionsFor(guild.members.me) : null;
    await this.conversations.ask({
      id,
      event: `discord:${message.id}`,
      asker: askerAt(author.id, parentOf(message) ?? channelId, guild?.id),
      manager: async (what = 'channel') =>
        manages(
          what,
          channel.isDMBased(),
          message.member && message.inGuild() ? message.channel.permissionsFor(message.member) : null,
        ),
      line,
      thread: `discord:${channelId}`,
      place: new DiscordPlace(this.api, {
        userId: author.id,
        channelId,
        isDirect: channel.isDMBased(),
        threads: threadsIn(channel.type, permissions),
      }),
    });
  }

  /** Runs work that nobody waits for, under the id of the command that it may be; whatever goes wrong ends here. */
  private track(what: string, work: (id: string) => Promise<void>): void {
    const id = commandId();
    const tracked = work(id)
      .catch((error: unknown) => {
        // Too late, and Discord has told the person; or an event that was delivered twice.
        if (isExpired(error) || isAcknowledged(error)) return;
        this.log.fault(`Discord: ${what} was not answered`, error, { id, platform: 'discord' });
      })
      .then(() => void this.unfinished.delete(tracked));
    this.unfinished.add(tracked);
  }
}

function askerOf(interaction: Answerable): Asker {
  const { user, channelId, guildId } = interaction;
  return askerAt(user.id, parentOf(interaction) ?? channelId, guildId);
}

function askerAt(user: string, channel: string | null, guild: string | null | undefined): Asker {
  return {
    person: `discord:${user}`,
    channel: `discord:${channel}`,
    ...(guild ? { workspace: `discord:${guild}` } : { direct: true }),
  };
}

function managerOf({ guildId, memberPermissions }: Answerable): (what?: Managed) => Promise<boolean> {
  return async (what = 'channel') => manages(what, guildId === null, memberPermissions);
}

/** A thread counts as its channel: new threads would get around the limits for channels. */
function parentOf({ channel }: Pick<Interaction, 'channel'>): string | undefined {
  return channel?.isThread() ? (channel.parentId ?? undefined) : undefined;
}

function sourceOf(interaction: Answerable, response: InteractionResponse): Source {
  const { channel, channelId, user, appPermissions, guildId } = interaction;
  return {
    userId: user.id,
    channelId: channelId ?? channel!.id,
    isDirect: guildId === null,
    threads: threadsIn(channel?.type, appPermissions),
    response,
  };
}
