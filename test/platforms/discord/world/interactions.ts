import { randomBytes } from 'node:crypto';
import { afterOwnTime, ownTime } from '../../../support/ownTime.js';
import { LIMITS } from '../protocol/limits.js';
import { CallbackType, InteractionType, MessageFlag } from '../protocol/numbers.js';
import { snowflake } from '../protocol/snowflake.js';
import type { Ack, Channel, Interaction, JsonObject, User } from './records.js';
import { channelJson, memberJson, userJson } from './wire.js';
import type { World } from './world.js';

interface NewInteraction {
  readonly type: number;
  readonly user: User;
  readonly channel: Channel;
  readonly name: string;
  readonly data: JsonObject;
  /** The message of the component, as the event carries it. */
  readonly message?: JsonObject;
  readonly sourceMessageId?: string;
}

/** Resolvers of `acknowledged`, kept apart so that tests cannot touch them. */
const waiting = new WeakMap<Interaction, (ack: Ack) => void>();

/** Sends INTERACTION_CREATE and starts the three seconds. */
export function createInteraction(world: World, request: NewInteraction): Interaction {
  const { user, channel, type } = request;
  const id = snowflake();
  const token = randomBytes(48).toString('base64url');
  const guild = world.guildOf(channel);
  const member = guild?.members.get(user.id);
  const permissions = world.permissionsOf(user.id, channel).toString();
  const payload: JsonObject = {
    id,
    application_id: world.applicationId,
    type,
    token,
    version: 1,
    data: request.data,
    ...(request.message === undefined ? {} : { message: request.message }),
    channel_id: channel.id,
    channel: { ...channelJson(world, channel), permissions },
    ...(guild && member
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: { ...memberJson(member), user: userJson(user), permissions },
        }
      : { user: userJson(user) }),
    app_permissions: world.permissionsOf(world.bot.id, channel).toString(),
    locale: 'en-US',
    entitlements: [],
    authorizing_integration_owners: { 0: guild?.id ?? '0' },
    context: guild ? 0 : 1,
    attachment_size_limit: LIMITS.uploadBytes,
  };
  let settle: (ack: Ack) => void = () => undefined;
  const acknowledged = new Promise<Ack>((resolve, reject) => {
    const inTime = afterOwnTime(LIMITS.ackMs, () => reject(new Error('The application did not respond')));
    settle = (ack) => {
      inTime();
      resolve(ack);
    };
  });
  acknowledged.catch(() => undefined);
  const interaction: Interaction = {
    id,
    token,
    type,
    user,
    channelId: channel.id,
    createdAt: Date.now(),
    ownCreatedAt: ownTime(),
    payload,
    name: request.name,
    ...(request.sourceMessageId === undefined ? {} : { sourceMessageId: request.sourceMessageId }),
    acknowledged,
    followupIds: [],
    tokenExpired: false,
  };
  waiting.set(interaction, settle);
  world.interactions.set(token, interaction);
  redeliver(world, interaction);
  return interaction;
}

/** Sends the interaction's event (again). */
export function redeliver(world: World, interaction: Interaction): void {
  world.dispatch({ t: 'INTERACTION_CREATE', d: interaction.payload, intent: 0 });
}

/** Notes the first answer. */
export function acknowledge(interaction: Interaction, type: number, flags = 0): void {
  const latencyMs = Date.now() - interaction.createdAt;
  interaction.ack = { type, latencyMs, ephemeral: (flags & MessageFlag.Ephemeral) !== 0 };
  waiting.get(interaction)?.(interaction.ack);
}

/** The answers Discord takes for a kind of interaction. */
export function allowedCallbacks({ type, sourceMessageId }: Interaction): number[] {
  const { ChannelMessage, DeferredChannelMessage, DeferredMessageUpdate, UpdateMessage } = CallbackType;
  if (type === InteractionType.Autocomplete) return [CallbackType.AutocompleteResult];
  const answers: number[] = [ChannelMessage, DeferredChannelMessage];
  if (sourceMessageId !== undefined) answers.push(DeferredMessageUpdate, UpdateMessage);
  if (type !== InteractionType.ModalSubmit) answers.push(CallbackType.Modal);
  return answers;
}

/** True when the token may no longer post or edit. */
export function hasExpired(interaction: Interaction): boolean {
  return interaction.tokenExpired || Date.now() - interaction.createdAt > LIMITS.tokenMs;
}
