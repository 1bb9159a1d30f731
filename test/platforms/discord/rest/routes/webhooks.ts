import { readMessage, requireSomething } from '../../forms/message.js';
import { refusal } from '../../protocol/errors.js';
import { MessageFlag, MessageType } from '../../protocol/numbers.js';
import { hasExpired } from '../../world/interactions.js';
import { deleteMessage, editMessage, postMessage } from '../../world/messages.js';
import { messageJson } from '../../world/messageWire.js';
import type { Interaction, Message } from '../../world/records.js';
import type { World } from '../../world/world.js';
import type { Call, Route } from '../route.js';

/** What follows the first answer, with the interaction's token for 15 minutes. */
export function webhookRoutes(world: World): Route[] {
  const path = '/webhooks/:application/:token';
  const one = `${path}/messages/:message`;
  return [
    { method: 'POST', path, open: true, handle: (call) => followUp(world, call) },
    {
      method: 'GET',
      path: one,
      open: true,
      handle: (call) => messageJson(world, ownMessage(world, live(world, call), call)),
    },
    {
      method: 'PATCH',
      path: one,
      open: true,
      handle: (call) => {
        const message = ownMessage(world, live(world, call), call);
        const draft = readMessage(call.body, call.uploads, message.attachments);
        requireSomething({ ...message, ...draft });
        editMessage(world, message, draft);
        return messageJson(world, message);
      },
    },
    {
      method: 'DELETE',
      path: one,
      open: true,
      handle: (call) => {
        deleteMessage(world, ownMessage(world, live(world, call), call));
        return undefined;
      },
    },
  ];
}

function followUp(world: World, { params, body, uploads }: Call): object {
  const interaction = live(world, { params });
  const draft = readMessage(body, uploads);
  requireSomething(draft);
  const original = interaction.originalId ? world.messages.get(interaction.originalId) : undefined;
  if (original && !original.deleted && original.flags & MessageFlag.Loading) {
    // The first follow-up after a deferred answer fills that answer, whatever its own ephemeral flag says.
    editMessage(world, original, draft);
    return messageJson(world, original);
  }
  const ephemeral = draft.flags & MessageFlag.Ephemeral;
  const message = postMessage(world, world.channel(interaction.channelId), {
    author: world.bot,
    draft: { ...draft, ...(original && !original.deleted ? { replyTo: original.id } : {}) },
    type: original ? MessageType.Reply : MessageType.Default,
    flags: ephemeral | (draft.flags & MessageFlag.SuppressEmbeds),
    interaction,
    ...(ephemeral ? { visibleTo: interaction.user.id } : {}),
  });
  interaction.followupIds.push(message.id);
  return messageJson(world, message);
}

/** The interaction of a token that still works. */
function live(world: World, { params }: Pick<Call, 'params'>): Interaction {
  const interaction = world.interactions.get(params.token!);
  // Before the first answer there is no webhook yet.
  if (!interaction?.ack || params.application !== world.applicationId) throw refusal('unknownWebhook');
  if (hasExpired(interaction)) throw refusal('invalidWebhookToken');
  return interaction;
}

function ownMessage(world: World, interaction: Interaction, { params }: Pick<Call, 'params'>): Message {
  const id = params.message === '@original' ? interaction.originalId : params.message;
  const message = world.messages.get(id ?? '');
  const isOwn = id !== undefined && (id === interaction.originalId || interaction.followupIds.includes(id));
  if (!message || message.deleted || !isOwn) throw refusal('unknownMessage');
  return message;
}
