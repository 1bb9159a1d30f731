import { InputError } from '../core/index.js';
import { LOG_LEVELS, type LogSettings, type OperationsPlace, secretsOf } from '../operations/index.js';
import type { DiscordSettings, Shards, SlackSettings } from './platforms.js';
import { isAddress, webAddress } from './web.js';

/** What the environment says; docs/slack.md and docs/discord.md tell where the values come from. */
export interface Environment {
  slack?: SlackSettings;
  discord?: DiscordSettings;
  /** Where the store is: a SQLite file, or the address of a PostgreSQL database. */
  store: string;
  /** STORE_KEY, for what is encrypted in it: see `readKeys`. */
  storeKey?: string;
  /** Address of the Redis that carries questions to workers; absent where this process computes for itself. */
  queue?: string;
}

/** Of a secret that we sign with. */
const SHORTEST_SECRET = 16;

type Variables = Record<string, string | undefined>;

/**
 * Reads the variables of `.env.example`. Messages name variables, never their values.
 *
 * @throws {InputError} when no platform has a token, or what belongs together is incomplete
 */
export function readEnvironment(variables: Variables = process.env): Environment {
  const slack = readSlack(variables);
  const discord = readDiscord(variables);
  if (!slack && !discord) {
    throw new InputError(
      'No chat platform has a token. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (docs/slack.md tells where to get them) or DISCORD_TOKEN (docs/discord.md), in the environment or in a file named .env.',
    );
  }
  const storeKey = variables.STORE_KEY?.trim();
  const queue = readQueue(variables);
  return {
    store: readStore(variables),
    ...(storeKey && { storeKey }),
    ...(queue && { queue }),
    ...(slack && { slack }),
    ...(discord && { discord }),
  };
}

/** Slack in one workspace (a bot token), or in any that installs the app (the app's credentials). */
function readSlack(variables: Variables): SlackSettings | undefined {
  const botToken = variables.SLACK_BOT_TOKEN?.trim();
  const installing = readInstalling(variables);
  const appToken = variables.SLACK_APP_TOKEN?.trim();
  const signingSecret = variables.SLACK_SIGNING_SECRET?.trim();
  if (!botToken && !installing) {
    if (appToken || signingSecret) {
      throw new InputError(
        'SLACK_BOT_TOKEN is missing: it is under "OAuth & Permissions" of your Slack app (docs/slack.md).',
      );
    }
    return undefined;
  }
  if (botToken && installing) {
    throw new InputError(
      'SLACK_BOT_TOKEN is for one workspace, SLACK_CLIENT_ID for many: set one of them and leave the other empty.',
    );
  }
  if (botToken && !botToken.startsWith('xoxb-'))
    throw new InputError('SLACK_BOT_TOKEN should start with xoxb-: is it another token of the app?');
  const apiUrl = readUrl(variables, 'SLACK_API_URL');
  const common = {
    ...(botToken && { botToken }),
    ...(installing && { installing }),
    ...(apiUrl && { apiUrl }),
  };
  if (appToken) {
    if (!appToken.startsWith('xapp-'))
      throw new InputError('SLACK_APP_TOKEN should start with xapp-: is it another token of the app?');
    return { ...common, appToken, ...(installing && { port: readPort(variables, 'SLACK_CLIENT_ID') }) };
  }
  const first = botToken ? 'SLACK_BOT_TOKEN' : 'SLACK_CLIENT_ID';
  if (!signingSecret) {
    throw new InputError(
      `${first} needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET with PORT (HTTP) beside it: see docs/slack.md.`,
    );
  }
  return { ...common, signingSecret, port: readPort(variables, 'SLACK_SIGNING_SECRET') };
}

function readPort(variables: Variables, first: string): number {
  const port = Number(variables.PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || !variables.PORT?.trim()) {
    throw new InputError(
      `${first} needs PORT beside it: the port, 0 to 65535, on which Slack reaches this process.`,
    );
  }
  return port;
}

function readInstalling(variables: Variables): SlackSettings['installing'] {
  const names = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_STATE_SECRET', 'STORE_KEY'];
  const [clientId, clientSecret, stateSecret] = names.map((name) => variables[name]?.trim());
  if (!clientId && !clientSecret) return undefined;
  const missing = names.filter((name) => !variables[name]?.trim());
  if (!clientId || !clientSecret || !stateSecret || missing.length > 0) {
    throw new InputError(
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing: many workspaces need ${names.join(', ')} together (docs/slack.md).`,
    );
  }
  if (stateSecret.length < SHORTEST_SECRET) {
    throw new InputError(
      `SLACK_STATE_SECRET should be at least ${SHORTEST_SECRET} characters that nobody can guess: ghosttree new-key prints some.`,
    );
  }
  return { clientId, clientSecret, stateSecret };
}

/** Where the store is, whatever else is set. */
export function readStore(variables: Variables = process.env): string {
  return variables.GHOSTTREE_STORE?.trim() || 'data/ghosttree.sqlite';
}

/** Discord's settings alone, whatever else is set. */
export function readDiscord(variables: Variables = process.env): DiscordSettings | undefined {
  const token = variables.DISCORD_TOKEN?.trim();
  const apiUrl = readUrl(variables, 'DISCORD_API_URL');
  const shards = readShards(variables.DISCORD_SHARDS?.trim());
  return token ? { token, ...(apiUrl && { apiUrl }), ...(shards && { shards }) } : undefined;
}

/** Shards as `0-3/16`: the first four of sixteen; undefined for as many as Discord recommends. */
function readShards(text: string | undefined): Shards | undefined {
  if (!text || text === 'auto') return undefined;
  const [, list = '', total = ''] =
    /^(\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*)\/(\d{1,5})$/.exec(text) ?? [];
  const count = Number(total);
  const ids = list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
  if (!list || ids.length === 0 || ids.some((id) => id >= count) || new Set(ids).size < ids.length) {
    throw new InputError(
      'DISCORD_SHARDS should name the shards of this process and how many there are in all, as 0-3/16 for the first four of sixteen; or auto.',
    );
  }
  return { ids, count };
}

/**
 * What the log is like: LOG_LEVEL and LOG_FORMAT, and what it must hide, which is every token that is set.
 *
 * @throws {InputError} when one of them is none
 */
export function readLogSettings(
  variables: Variables = process.env,
  isTerminal = process.stderr.isTTY,
): LogSettings {
  const level = variables.LOG_LEVEL?.trim().toLowerCase() || 'info';
  const format = variables.LOG_FORMAT?.trim().toLowerCase() || (isTerminal ? 'text' : 'json');
  if (!isOneOf(LOG_LEVELS, level))
    throw new InputError(`LOG_LEVEL is no level; expected one of ${LOG_LEVELS.join(', ')}.`);
  if (!isOneOf(['json', 'text'] as const, format))
    throw new InputError('LOG_FORMAT is no format; expected json, or text.');
  return { level, format, secrets: secretsOf(variables), debug: Boolean(variables.GHOSTTREE_DEBUG) };
}

/**
 * Where health and metrics are answered: OPERATIONS_HOST and OPERATIONS_PORT.
 *
 * @returns undefined where no port is set: then nobody is answered
 * @throws {InputError} when the port is none
 */
export function readOperations(variables: Variables = process.env): OperationsPlace | undefined {
  const text = variables.OPERATIONS_PORT?.trim();
  if (!text) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InputError('OPERATIONS_PORT is no port; expected a number from 0 to 65535, such as 9464.');
  return { host: variables.OPERATIONS_HOST?.trim() || '127.0.0.1', port };
}

function isOneOf<Word extends string>(words: readonly Word[], text: string): text is Word {
  return (words as readonly string[]).includes(text);
}

/**
 * Address of the shared queue, if there is one; it may hold a password.
 *
 * @throws {InputError} when it is not Redis'
 */
export function readQueue(variables: Variables = process.env): string | undefined {
  const url = variables.QUEUE_URL?.trim();
  if (!url) return undefined;
  if (!isAddress(url, /^rediss?:$/)) {
    throw new InputError(
      'QUEUE_URL is no address of a Redis server; expected something like redis://localhost:6379, or rediss:// with TLS.',
    );
  }
  return url;
}

function readUrl(variables: Variables, name: string): string | undefined {
  const text = variables[name]?.trim();
  return text ? webAddress(name, text, 'https://slack.example/api/') : undefined;
}
