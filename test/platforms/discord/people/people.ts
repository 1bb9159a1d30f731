import { CommandType, ComponentType, Intent, InteractionType, MessageFlag } from '../protocol/numbers.js';
import { PERMISSIONS, type PermissionName } from '../protocol/permissions.js';
import { createInteraction } from '../world/interactions.js';
import { postMessage } from '../world/messages.js';
import { messageJson } from '../world/messageWire.js';
import type { Channel, Choice, Command, Component, Interaction, Message, User } from '../world/records.js';
import { memberJson, userJson } from '../world/wire.js';
import type { World } from '../world/world.js';
import { filledModal } from './filledModal.js';
import { type OptionValue, requireAutocomplete, typedOptions } from './typedOptions.js';

interface InChannel {
  readonly user: User;
  readonly channel: Channel;
}

interface Reacting {
  readonly user: User;
  readonly message: Message;
  readonly emoji: string;
  /** Whether the emoji is taken away. */
  readonly removes?: boolean;
}

/** What people do. Each act throws where Discord's client would not offer it. */
export class People {
  constructor(private readonly world: World) {}

  /** Types a slash command; a subcommand is named after its command: `feature help`. */
  typeCommand({
    user,
    channel,
    name,
    options = {},
  }: InChannel & { name: string; options?: Record<string, OptionValue> }): Interaction {
    this.require(user, channel, 'UseApplicationCommands');
    const { command, path } = this.slashCommand(channel, name);
    return createInteraction(this.world, {
      type: InteractionType.ApplicationCommand,
      user,
      channel,
      name,
      data: this.commandData(command, { options: typedOptions(command, options, { path }) }),
    });
  }

  /** Types into an option that autocompletes; gives the choices offered. */
  async autocomplete({
    user,
    channel,
    name,
    options,
    focused,
  }: InChannel & { name: string; options: Record<string, OptionValue>; focused: string }): Promise<Choice[]> {
    const { command, path } = this.slashCommand(channel, name);
    requireAutocomplete(command, focused, path);
    const interaction = createInteraction(this.world, {
      type: InteractionType.Autocomplete,
      user,
      channel,
      name,
      data: this.commandData(command, {
        options: typedOptions(command, { [focused]: '', ...options }, { path, focused }),
      }),
    });
    await interaction.acknowledged;
    return interaction.choices ?? [];
  }

  /** Opens a message's context menu and picks a command there. */
  contextMenu({ user, message, name }: { user: User; message: Message; name: string }): Interaction {
    const channel = this.world.channel(message.channelId);
    this.require(user, channel, 'UseApplicationCommands');
    this.requireVisible(user, message);
    const command = this.command(channel, name, CommandType.Message);
    const member = this.world.guildOf(channel)?.members.get(message.author.id);
    const author = message.author.id;
    return createInteraction(this.world, {
      type: InteractionType.ApplicationCommand,
      user,
      channel,
      name,
      data: this.commandData(command, {
        target_id: message.id,
        // Here the bot sees the text, whatever its intents.
        resolved: {
          messages: { [message.id]: messageJson(this.world, message) },
          users: { [author]: userJson(message.author) },
          ...(member ? { members: { [author]: memberJson(member) } } : {}),
        },
      }),
    });
  }

  /** Presses a button. */
  clickButton({ user, message, customId }: { user: User; message: Message; customId: string }): Interaction {
    const channel = this.world.channel(message.channelId);
    this.requireVisible(user, message);
    const buttons = message.components.flatMap(({ components }) => components ?? []);
    const button = buttons.find((candidate) => candidate.custom_id === customId);
    if (!button) throw new Error(`no button "${customId}"; there are: ${buttons.map(describe).join(', ')}`);
    if (button.disabled) throw new Error(`the button "${customId}" is disabled`);
    return createInteraction(this.world, {
      type: InteractionType.MessageComponent,
      user,
      channel,
      name: customId,
      data: { custom_id: customId, component_type: ComponentType.Button, id: button.id },
      message: messageJson(this.world, message),
      sourceMessageId: message.id,
    });
  }

  /** Fills in the modal an interaction was answered with, and submits it. */
  submitModal({
    interaction,
    values,
  }: {
    interaction: Interaction;
    values: Record<string, string>;
  }): Interaction {
    const { modal, user, channelId, sourceMessageId } = interaction;
    if (!modal) throw new Error('this interaction was not answered with a modal');
    const source = sourceMessageId === undefined ? undefined : this.world.messages.get(sourceMessageId);
    return createInteraction(this.world, {
      type: InteractionType.ModalSubmit,
      user,
      channel: this.world.channel(channelId),
      name: modal.customId,
      data: { custom_id: modal.customId, components: filledModal(modal, values) },
      ...(source === undefined
        ? {}
        : { message: messageJson(this.world, source), sourceMessageId: source.id }),
    });
  }

  /** Writes a message. */
  say({ user, channel, text, replyTo }: InChannel & { text: string; replyTo?: Message }): Message {
    this.require(user, channel, channel.thread ? 'SendMessagesInThreads' : 'SendMessages');
    const draft = { content: text, ...(replyTo === undefined ? {} : { replyTo: replyTo.id }) };
    return postMessage(this.world, channel, { author: user, draft });
  }

  /** Writes a message that mentions the bot: `@bot text`. */
  mention({ text, ...where }: InChannel & { text: string }): Message {
    return this.say({ ...where, text: `<@${this.world.bot.id}> ${text}` });
  }

  /** Adds an emoji to a message, or takes it away. */
  react({ user, message, emoji, removes = false }: Reacting): void {
    const channel = this.world.channel(message.channelId);
    this.requireVisible(user, message);
    this.require(user, channel, 'AddReactions');
    const key = `${user.id} ${emoji}`;
    if (message.reactions.has(key) !== removes) throw new Error(`${user.username} cannot do that: ${emoji}`);
    if (removes) message.reactions.delete(key);
    else message.reactions.add(key);
    const guild = this.world.guildOf(channel);
    const member = guild?.members.get(user.id);
    this.world.dispatch({
      t: removes ? 'MESSAGE_REACTION_REMOVE' : 'MESSAGE_REACTION_ADD',
      d: {
        user_id: user.id,
        channel_id: channel.id,
        message_id: message.id,
        ...(guild ? { guild_id: guild.id } : {}),
        ...(member && !removes ? { member: memberJson(member), message_author_id: message.author.id } : {}),
        emoji: { id: null, name: emoji },
        burst: false,
        type: 0,
      },
      intent: guild ? Intent.GuildMessageReactions : Intent.DirectMessageReactions,
    });
  }

  private require(user: User, channel: Channel, permission: PermissionName): void {
    const granted = this.world.permissionsOf(user.id, channel);
    for (const name of ['ViewChannel', permission] as const) {
      if ((granted & PERMISSIONS[name]) === 0n) throw new Error(`${user.username} lacks ${name} there`);
    }
  }

  private requireVisible(user: User, message: Message): void {
    const isHidden = message.visibleTo !== undefined && message.visibleTo !== user.id;
    if (message.deleted || isHidden) throw new Error(`${user.username} does not see that message`);
    if (message.flags & MessageFlag.Loading) throw new Error('that message is still loading');
  }

  private slashCommand(channel: Channel, typed: string): { command: Command; path: string[] } {
    const [name = '', ...path] = typed.split(' ');
    return { command: this.command(channel, name, CommandType.ChatInput), path };
  }

  /** The registered command, of the guild before the global one. */
  private command(channel: Channel, name: string, type: number): Command {
    const guild = this.world.guildOf(channel);
    const isInstalled = guild === undefined || guild.members.has(this.world.bot.id);
    const offered = [...this.world.commands.values()].filter((command) => {
      const contexts = command.json.contexts as number[] | null;
      const isAllowed = !contexts || contexts.includes(channel.guildId === undefined ? 1 : 0);
      const isHere = command.guildId === undefined || command.guildId === channel.guildId;
      return isInstalled && isHere && isAllowed && command.type === type;
    });
    const named = offered.filter((command) => command.name === name);
    const found = named.find(({ guildId }) => guildId !== undefined) ?? named[0];
    if (!found)
      throw new Error(`no command "${name}" here; there are: ${offered.map((c) => c.name).join(', ')}`);
    return found;
  }

  private commandData({ id, name, type, guildId }: Command, more: object) {
    return { id, name, type, ...(guildId === undefined ? {} : { guild_id: guildId }), ...more };
  }
}

function describe({ custom_id: customId, label, url }: Component): string {
  return customId ?? `${label} -> ${url}`;
}
