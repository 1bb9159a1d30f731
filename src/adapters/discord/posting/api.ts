import { randomBytes } from 'node:crypto';
import {
  type APIChannel,
  type APIMessage,
  InteractionResponseType,
  MessageFlags,
  type RawFile,
  type REST,
  RESTJSONErrorCodes,
  type RESTPostAPIInteractionCallbackWithResponseResult,
  Routes,
} from 'discord.js';
import { insist, isAcknowledged, isCode } from './failures.js';
import type { MessageBody } from './payload.js';

/** A message that was posted, and the interaction whose token may edit it, if any. */
export interface Posted {
  channelId: string;
  id: string;
  token?: string;
}

/** What identifies an interaction to the API. */
export interface InteractionKey {
  id: string;
  token: string;
}

const HOURS_24 = 24 * 60;

/**
 * The requests an answer is made of, over discord.js' REST client, which honours rate limits. Each is repeated
 * when the connection was cut, and arranged so that nothing is posted twice by that.
 *
 * All throw DiscordAPIError when Discord refuses.
 */
export class DiscordApi {
  constructor(
    private readonly rest: REST,
    readonly applicationId: string,
  ) {}

  /** @param nonce for some minutes Discord answers a repeated one with the message it made the first time */
  async createMessage(
    channelId: string,
    body: MessageBody,
    files: RawFile[] = [],
    nonce = randomBytes(12).toString('hex'),
  ): Promise<Posted> {
    const message = await insist(() =>
      this.rest.post(Routes.channelMessages(channelId), {
        body: { ...body, nonce, enforce_nonce: true },
        files,
      }),
    );
    return posted(message as APIMessage);
  }

  /** Messages of a channel or thread, newest first; none where the bot may not read the history. */
  async messages(channelId: string, before: string | undefined, limit: number): Promise<APIMessage[]> {
    const query = new URLSearchParams({ limit: String(limit), ...(before !== undefined && { before }) });
    return (await insist(() => this.rest.get(Routes.channelMessages(channelId), { query }))) as APIMessage[];
  }

  async editMessage({ channelId, id }: Posted, body: MessageBody, files: RawFile[] = []): Promise<void> {
    await insist(() => this.rest.patch(Routes.channelMessage(channelId, id), { body, files }));
  }

  /** Starts a thread on a message. @returns its id, also when it existed already */
  async startThread({ channelId, id }: Posted, name: string): Promise<string> {
    try {
      const body = { name, auto_archive_duration: HOURS_24 };
      const thread = await insist(() => this.rest.post(Routes.threads(channelId, id), { body }));
      return (thread as APIChannel).id;
    } catch (error) {
      // A thread has the id of the message it hangs on.
      if (isCode(error, RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage)) return id;
      throw error;
    }
  }

  /** The channel of direct messages with a person. */
  async directChannel(userId: string): Promise<string> {
    const channel = await insist(() =>
      this.rest.post(Routes.userChannels(), { body: { recipient_id: userId } }),
    );
    return (channel as APIChannel).id;
  }

  /** Answers an interaction with a message. */
  async respond(interaction: InteractionKey, body: MessageBody): Promise<Posted> {
    const data = { type: InteractionResponseType.ChannelMessageWithSource, data: body };
    const result = (await this.callback(interaction, data)) as
      | RESTPostAPIInteractionCallbackWithResponseResult
      | undefined;
    const message = result?.resource?.message ?? (await this.original(interaction));
    return { ...posted(message), token: interaction.token };
  }

  /** Promises an answer that only the person will see. */
  async deferPrivately(interaction: InteractionKey): Promise<void> {
    const type = InteractionResponseType.DeferredChannelMessageWithSource;
    await this.callback(interaction, { type, data: { flags: MessageFlags.Ephemeral } });
  }

  /** Acknowledges a button; follow-ups may then be for everybody or for one person. */
  async deferUpdate(interaction: InteractionKey): Promise<void> {
    await this.callback(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
  }

  /**
   * Posts with the token of an interaction: that needs no permission, but is not repeated when the connection
   * is cut, because nobody can tell whether it was posted.
   */
  async followUp({ token }: InteractionKey, body: MessageBody, files: RawFile[] = []): Promise<Posted> {
    const route = Routes.webhook(this.applicationId, token);
    // Without auth: discord.js would otherwise take an expired token for an invalid bot token.
    const message = await this.rest.post(route, { body, files, auth: false });
    return { ...posted(message as APIMessage), token };
  }

  /** Edits a message with the token of the interaction it came from. */
  async editWithToken(token: string, id: string, body: MessageBody, files: RawFile[] = []): Promise<void> {
    const route = Routes.webhookMessage(this.applicationId, token, id);
    await insist(() => this.rest.patch(route, { body, files, auth: false }));
  }

  private async callback({ id, token }: InteractionKey, body: object): Promise<unknown> {
    const query = new URLSearchParams({ with_response: 'true' });
    try {
      const route = Routes.interactionCallback(id, token);
      return await insist(() => this.rest.post(route, { body, query, auth: false }));
    } catch (error) {
      // The first attempt had arrived, or the event was delivered twice: it is acknowledged.
      if (isAcknowledged(error)) return undefined;
      throw error;
    }
  }

  private async original({ token }: InteractionKey): Promise<APIMessage> {
    const route = Routes.webhookMessage(this.applicationId, token, '@original');
    return (await insist(() => this.rest.get(route, { auth: false }))) as APIMessage;
  }
}

function posted({ channel_id: channelId, id }: APIMessage): Posted {
  return { channelId, id };
}
