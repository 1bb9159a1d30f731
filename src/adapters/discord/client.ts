import {
  Client,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  HTTPError,
  Options,
  Partials,
  type RESTOptions,
  type ResponseLike,
} from 'discord.js';
import type { DiscordOptions } from '../../configuration/platforms.js';
import { withoutEndSlashes } from '../../configuration/web.js';
import { InputError, UnreachableError } from '../../core/index.js';

const DEFAULT_API = 'https://discord.com/api';
/** The wait for the first shard, and from each to the next: Discord lets only some identify every five seconds. */
const READY_MILLISECONDS = 30_000;

/** Mentions and direct messages carry their text without the privileged intent for message content. */
const { Guilds, GuildMessages, GuildMessageReactions, DirectMessages, DirectMessageReactions } =
  GatewayIntentBits;

/** Options of discord.js' REST client. */
export function restOptions({ apiUrl }: DiscordOptions): Partial<RESTOptions> {
  return {
    api: withoutEndSlashes(apiUrl || DEFAULT_API).replace(/\/v\d+$/, ''),
    // Answers to interactions do not count towards Discord's 50 requests a second, but discord.js counts them.
    globalRequestsPerSecond: 100,
    // undici's own request would use the dispatcher that Bolt replaces for the whole process: uploads then fail.
    makeRequest: (url, init) => fetch(url, init as object) as Promise<ResponseLike>,
  };
}

/** A client that hears commands, mentions and direct messages, and keeps little in memory. */
export function createClient(settings: DiscordOptions): Client {
  const { shards } = settings;
  const client: Client = new Client({
    ...(shards ? { shards: shards.ids, shardCount: shards.count } : { shards: 'auto' }),
    intents: [Guilds, GuildMessages, GuildMessageReactions, DirectMessages, DirectMessageReactions],
    // Interactions in direct messages have no channel without the first; the others are for reactions, because
    // neither messages nor the people who react to them are cached.
    partials: [Partials.Channel, Partials.Message, Partials.Reaction, Partials.User],
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
 * Connects and waits until the bot hears commands on all its shards.
 *
 * @throws {InputError} the token is wrong, or Discord cannot be reached
 */
export async function logIn(client: Client<boolean>, settings: DiscordOptions): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    let timeout: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(timeout);
      timeout = setTimeout(() => reject(new Error('no answer in 30 s')), READY_MILLISECONDS).unref();
    };
    wait();
    client.on(Events.ShardReady, wait);
    client.once(Events.ClientReady, () => resolve());
    client.once(Events.ShardDisconnect, ({ code }) => reject(refusedShards(code)));
  });
  ready.catch(() => {});
  try {
    // Together, because we learn sooner than discord.js why a connection was closed.
    await Promise.all([client.login(checkToken(settings.token)), ready]);
  } catch (error) {
    await client.destroy().catch(() => {});
    throw explain(error, settings);
  }
}

/** Why Discord closed the connection of a shard for good. */
function refusedShards(code: number): Error {
  if (code !== GatewayCloseCodes.InvalidShard && code !== GatewayCloseCodes.ShardingRequired) {
    return new Error(`closed with ${code}`);
  }
  return new InputError(
    `Discord refuses these shards (close code ${code}): leave DISCORD_SHARDS out, or raise the number behind its slash.`,
  );
}

/** What an operator can do about a failed connection. Texts of errors may hold the token: none is passed on. */
export function explain(error: unknown, settings: DiscordOptions): Error {
  if (error instanceof InputError) return error;
  if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) return wrongToken();
  const [, left, until] = /only (\d+) remaining; resets at (\S+)/.exec((error as Error).message) ?? [];
  if (left) {
    return new InputError(
      `Discord lets this bot start ${left} more sessions until ${until}, fewer than its shards: start it again then, and look why it was started so often.`,
    );
  }
  const { status, cause } = error as { status?: number; cause?: { code?: string } };
  if (status === 401) return wrongToken();
  const why =
    error instanceof HTTPError || status !== undefined
      ? `it answered ${status}`
      : (cause?.code ?? (error as Error).message.replaceAll(settings.token, '…').split('\n')[0]);
  return new UnreachableError(
    `Discord cannot be reached at ${restOptions(settings).api} (${why}): check the network, and DISCORD_API_URL if it is set.`,
  );
}

/** A token as a header can hold it. @throws {InputError} */
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
