import {
  Client,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayIntentBits,
  HTTPError,
  Options,
  Partials,
  type RESTOptions,
  type ResponseLike,
} from 'discord.js';
import { InputError } from '../../core/index.js';

export interface DiscordSettings {
  /** The bot token. It is never shown. */
  token: string;
  /** Root of the API, without the version. @default https://discord.com/api */
  apiUrl?: string | undefined;
}

const DEFAULT_API = 'https://discord.com/api';
const READY_MILLISECONDS = 30_000;

/** Mentions and direct messages carry their text without the privileged intent for message content. */
const { Guilds, GuildMessages, DirectMessages } = GatewayIntentBits;

/** Options of discord.js' REST client. */
export function restOptions({ apiUrl }: DiscordSettings): Partial<RESTOptions> {
  return {
    api: (apiUrl || DEFAULT_API).replace(/\/+$/, '').replace(/\/v\d+$/, ''),
    // Answers to interactions do not count towards Discord's 50 requests a second, but discord.js counts them.
    globalRequestsPerSecond: 100,
    // undici's own request would use the dispatcher that Bolt replaces for the whole process: uploads then fail.
    makeRequest: (url, init) => fetch(url, init as object) as Promise<ResponseLike>,
  };
}

/** A client that hears commands, mentions and direct messages, and keeps little in memory. */
export function createClient(settings: DiscordSettings): Client {
  const client: Client = new Client({
    intents: [Guilds, GuildMessages, DirectMessages],
    // Without it, interactions in direct messages have no channel.
    partials: [Partials.Channel],
    rest: restOptions(settings),
    allowedMentions: { parse: [] },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      ReactionManager: 0,
      GuildMemberManager: { maxSize: 200, keepOverLimit: ({ id }) => id === client.user?.id },
      UserManager: { maxSize: 200, keepOverLimit: ({ id }) => id === client.user?.id },
    }),
  });
  return client;
}

/**
 * Connects and waits until the bot hears commands.
 *
 * @throws {InputError} the token is wrong, or Discord cannot be reached
 */
export async function logIn(client: Client<boolean>, settings: DiscordSettings): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    client.once(Events.ClientReady, () => resolve());
    client.once(Events.ShardDisconnect, ({ code }) => reject(new Error(`closed with ${code}`)));
    setTimeout(() => reject(new Error('no answer in 30 s')), READY_MILLISECONDS).unref();
  });
  ready.catch(() => {});
  try {
    await client.login(checkToken(settings.token));
    await ready;
  } catch (error) {
    await client.destroy().catch(() => {});
    throw explain(error, settings);
  }
}

/** What an operator can do about a failed connection. Texts of errors may hold the token: none is passed on. */
export function explain(error: unknown, settings: DiscordSettings): Error {
  if (error instanceof InputError) return error;
  if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) return wrongToken();
  const { status, cause } = error as { status?: number; cause?: { code?: string } };
  if (status === 401) return wrongToken();
  const why =
    error instanceof HTTPError || status !== undefined
      ? `it answered ${status}`
      : (cause?.code ?? (error as Error).message.replaceAll(settings.token, '…').split('\n')[0]);
  return new InputError(
    `Discord cannot be reached at ${restOptions(settings).api} (${why}): check the network, and DISCORD_API_URL if it is set.`,
  );
}

/** A token as it can stand in a header. */
export function checkToken(token: string): string {
  const trimmed = token.trim();
  if (!/^[\x21-\x7E]+$/.test(trimmed)) throw wrongToken();
  return trimmed;
}

function wrongToken(): InputError {
  return new InputError(
    'DISCORD_TOKEN is not valid: copy it again from https://discord.com/developers/applications, your application, Bot, Reset Token.',
  );
}
