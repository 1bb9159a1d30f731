import { ownTime } from '../../../../support/ownTime.js';
import { readChoices } from '../../forms/choices.js';
import { Form } from '../../forms/form.js';
import { type MessageDraft, readDraft, requireSomething } from '../../forms/message.js';
import { readModal } from '../../forms/modal.js';
import { refusal } from '../../protocol/errors.js';
import { LIMITS } from '../../protocol/limits.js';
import {
  CallbackType,
  CommandType,
  InteractionType,
  MessageFlag,
  MessageType,
  OptionType,
} from '../../protocol/numbers.js';
import { acknowledge, allowedCallbacks } from '../../world/interactions.js';
import { editMessage, postMessage } from '../../world/messages.js';
import { messageJson } from '../../world/messageWire.js';
import type { Interaction, JsonObject, Message } from '../../world/records.js';
import type { World } from '../../world/world.js';
import type { Answer, Call, Route } from '../route.js';

/** The first answer to an interaction: exactly one, within three seconds. */
export function callbackRoutes(world: World): Route[] {
  return [
    {
      method: 'POST',
      path: '/interactions/:interaction/:token/callback',
      open: true,
      handle: (call) => answer(world, call),
    },
  ];
}

function answer(world: World, call: Call): Answer {
  const interaction = world.interactions.get(call.params.token!);
  if (!interaction || interaction.id !== call.params.interaction) throw refusal('unknownInteraction');
  if (interaction.ack) throw refusal('alreadyAcknowledged');
  if (ownTime() - interaction.ownCreatedAt > LIMITS.ackMs) throw refusal('unknownInteraction');

  const source = interaction.sourceMessageId ? world.messages.get(interaction.sourceMessageId) : undefined;
  const form = Form.of(call.body);
  const type = form.choice('type', allowedCallbacks(interaction), true);
  const needsData =
    type !== CallbackType.DeferredChannelMessage && type !== CallbackType.DeferredMessageUpdate;
  let act: () => Message | undefined = () => undefined;
  form.child(
    'data',
    (data) => {
      act = readAnswer(world, interaction, type, data, call, source);
    },
    needsData,
  );
  if (!form.has('data')) act = readAnswer(world, interaction, type, Form.of({}), call, source);
  form.finish();

  const message = act();
  acknowledge(interaction, type!, message?.flags ?? 0);
  if (call.query.get('with_response') !== 'true') return undefined;
  return withResponse(world, interaction, type!, message);
}

/** Reads what the kind of answer needs; the returned function does it once the whole form is right. */
function readAnswer(
  world: World,
  interaction: Interaction,
  type: number | undefined,
  data: Form,
  { uploads }: Call,
  source: Message | undefined,
): () => Message | undefined {
  switch (type) {
    case CallbackType.ChannelMessage: {
      const draft = readDraft(data, uploads);
      return () => {
        requireSomething(draft);
        return reply(world, interaction, draft, 0);
      };
    }
    case CallbackType.DeferredChannelMessage: {
      const flags = data.integer('flags') ?? 0;
      return () => reply(world, interaction, { flags, enforceNonce: false }, MessageFlag.Loading);
    }
    case CallbackType.DeferredMessageUpdate:
      return () => {
        if (source) interaction.originalId = source.id;
        return undefined;
      };
    case CallbackType.UpdateMessage: {
      const draft = readDraft(data, uploads, source?.attachments ?? []);
      return () => {
        if (!source || source.deleted) throw refusal('unknownMessage');
        editMessage(world, source, draft);
        interaction.originalId = source.id;
        return source;
      };
    }
    case CallbackType.AutocompleteResult: {
      const choices = readChoices(data, focusedType(interaction), true) ?? [];
      return () => {
        interaction.choices = choices;
        return undefined;
      };
    }
    case CallbackType.Modal: {
      const modal = readModal(data);
      return () => {
        interaction.modal = modal;
        return undefined;
      };
    }
    default:
      return () => undefined;
  }
}

/** The message that answers; it needs no permission of the bot in the channel. */
function reply(world: World, interaction: Interaction, draft: MessageDraft, flags: number): Message {
  const ephemeral = draft.flags & MessageFlag.Ephemeral;
  const message = postMessage(world, world.channel(interaction.channelId), {
    author: world.bot,
    draft,
    type: typeOfReply(interaction),
    flags: flags | ephemeral | (draft.flags & MessageFlag.SuppressEmbeds),
    interaction,
    ...(ephemeral ? { visibleTo: interaction.user.id } : {}),
  });
  interaction.originalId = message.id;
  return message;
}

function typeOfReply({ type, payload }: Interaction): number {
  if (type === InteractionType.MessageComponent) return MessageType.Reply;
  if (type !== InteractionType.ApplicationCommand) return MessageType.Default;
  const { type: commandType } = payload.data as JsonObject;
  return commandType === CommandType.ChatInput
    ? MessageType.ChatInputCommand
    : MessageType.ContextMenuCommand;
}

interface SentOption {
  readonly type: number;
  readonly focused?: boolean;
  readonly options?: SentOption[];
}

function focusedType({ payload }: Interaction): number {
  const { options } = payload.data as { options?: SentOption[] };
  // The options of a subcommand lie inside it.
  const all = (options ?? []).flatMap(function open(option): SentOption[] {
    return [option, ...(option.options ?? []).flatMap(open)];
  });
  return all.find(({ focused }) => focused)?.type ?? OptionType.String;
}

function withResponse(
  world: World,
  interaction: Interaction,
  type: number,
  message: Message | undefined,
): Answer {
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      ...(message === undefined
        ? {}
        : {
            response_message_id: message.id,
            response_message_loading: (message.flags & MessageFlag.Loading) !== 0,
            response_message_ephemeral: (message.flags & MessageFlag.Ephemeral) !== 0,
          }),
    },
    resource: { type, ...(message === undefined ? {} : { message: messageJson(world, message) }) },
  };
}
