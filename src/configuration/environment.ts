/**
 * The only file that reads environment variables, which `.env.example` lists. It loads nothing heavy, since every start
 * needs it; messages name variables, never their values.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { config as loadDotenv } from 'dotenv';
import { InputError } from '../core/index.js';
import { PROJECT_FOLDER } from '../files/projectFolder.js';
import { dataFolder } from './dataFolder.js';
import { LOG_LEVELS, type LogSettings, type OperationsPlace, secretsOf } from './operating.js';
import type { DiscordOptions, Shards, SlackOptions } from './platforms.js';
import { isAddress, webAddress, withoutEndSlashes } from './web.js';

/** What the environment says; docs/slack.md and docs/discord.md explain where the values come from. */
export interface Environment {
  slack?: SlackOptions;
  discord?: DiscordOptions;
  /** Where the store is: a SQLite file, or the address of a PostgreSQL database. */
  store: string;
  /** STORE_KEY, for what is encrypted in it: see `readKeys`. */
  storeKey?: string;
  /** Address of the Redis that carries questions to workers; absent where this process computes for itself. */
  queue?: string;
}

/** Characters of a secret that signs something, at least. */
const SHORTEST_SECRET = 16;

export type Variables = Record<string, string | undefined>;

/** Adds the variables of a file named `.env` in the working folder, except those that are already set. */
export function loadEnvironmentFile(): void {
  loadDotenv({ quiet: true });
}

/** All variables, for checks of whether they make sense. */
export function environmentVariables(): Variables {
  return process.env;
}

/**
 * Reads the settings that connect chats.
 *
 * @throws {InputError} when no platform has a token, or variables that belong together are incomplete
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
function readSlack(variables: Variables): SlackOptions | undefined {
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

function readInstalling(variables: Variables): SlackOptions['installing'] {
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

/** The store's location, whatever else is set. */
export function readStore(variables: Variables = process.env): string {
  return variables.GHOSTTREE_STORE?.trim() || 'data/ghosttree.sqlite';
}

/** Discord's settings alone, whatever else is set. */
export function readDiscord(variables: Variables = process.env): DiscordOptions | undefined {
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
 * The log's level and format (LOG_LEVEL, LOG_FORMAT), and what it must hide: every secret that is set.
 *
 * @throws {InputError} when the level or format does not exist
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
  return { level, format, secrets: secretsOf(variables), debug: isDebugging(variables) };
}

/**
 * Where health and metrics are answered: OPERATIONS_HOST and OPERATIONS_PORT.
 *
 * @returns undefined where no port is set, which switches both off
 * @throws {InputError} when the port is not valid
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
 * @throws {InputError} when it is not an address of Redis
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

/** The folder of `ghosttree.yaml` and `models.yaml`: GHOSTTREE_CONFIG, or this project's `config/`. */
export function configurationFolder(variables: Variables = process.env): string {
  return variables.GHOSTTREE_CONFIG || join(PROJECT_FOLDER, 'config');
}

/**
 * Where pulled models lie, and what is derived from models: GHOSTTREE_MODELS, or `models` in the user's data folder.
 *
 * @throws {InputError} when neither is known
 */
export function modelsFolder(variables: Variables = process.env): string {
  return resolve(variables.GHOSTTREE_MODELS || join(dataFolder(variables), 'models'));
}

/** Whether faults say where they happened: GHOSTTREE_DEBUG. */
export function isDebugging(variables: Variables = process.env): boolean {
  return Boolean(variables.GHOSTTREE_DEBUG);
}

/** Whether output is to have no colours: NO_COLOR (https://no-color.org). */
export function isColourless(variables: Variables = process.env): boolean {
  return Boolean(variables.NO_COLOR);
}

/** The wanted width of output: COLUMNS; undefined where it is not a number above 0. */
export function wantedColumns(variables: Variables = process.env): number | undefined {
  const text = variables.COLUMNS?.trim() ?? '';
  return /^\d{1,5}$/.test(text) ? Number(text) || undefined : undefined;
}

/** What the shell's variables say about how programs are called. */
export interface ShellVariables {
  /** Folders in which it looks for programs, as PATH has them. */
  path: string;
  /** What npm runs, where npx started this process. */
  npx: string | undefined;
}

export function readShell(variables: Variables = process.env): ShellVariables {
  const { PATH = '', npm_command: command, npm_lifecycle_script: script } = variables;
  return { path: PATH, npx: command === 'exec' ? script : undefined };
}

/** An OpenAI-compatible endpoint; the key is sent to it only. */
export interface EndpointPlace {
  /** Base, such as `http://localhost:8080/v1`, without a slash at the end. */
  url: string;
  model: string;
  apiKey?: string | undefined;
}

/**
 * The endpoint that writes explanations: EXPLAIN_URL, EXPLAIN_MODEL and EXPLAIN_API_KEY, else the configuration.
 *
 * @param configured `explain` of ghosttree.yaml
 * @returns undefined where no endpoint is named
 * @throws {InputError} when the URL is not valid or holds credentials, or no model is named
 */
export function readEndpoint(
  configured: { url?: string | undefined; model?: string | undefined },
  variables: Variables = process.env,
): EndpointPlace | undefined {
  const url = variables.EXPLAIN_URL?.trim() || configured.url?.trim();
  if (!url) return undefined;
  webAddress('EXPLAIN_URL', url, 'http://localhost:8080/v1');
  const { username, password } = new URL(url);
  if (username || password)
    throw new InputError('EXPLAIN_URL must not hold a name or a password: set EXPLAIN_API_KEY instead.');
  const model = variables.EXPLAIN_MODEL?.trim() || configured.model?.trim();
  if (!model)
    throw new InputError('EXPLAIN_URL needs EXPLAIN_MODEL beside it: the name of a model that it serves.');
  const apiKey = variables.EXPLAIN_API_KEY?.trim() || undefined;
  return { url: withoutEndSlashes(url), model, apiKey };
}

const NEURONPEDIA = 'https://www.neuronpedia.org';

/** Neuronpedia or a mirror. */
export interface NeuronpediaPlace {
  /** Root of the site, without a slash at the end. */
  url: string;
  /** Optional: most answers need no key. */
  apiKey?: string | undefined;
}

/**
 * Where Neuronpedia is, from NEURONPEDIA_URL and NEURONPEDIA_API_KEY.
 *
 * @returns undefined where Neuronpedia is switched off (`off`)
 * @throws {InputError} when the URL is not valid
 */
export function readNeuronpedia(variables: Variables = process.env): NeuronpediaPlace | undefined {
  const url = variables.NEURONPEDIA_URL?.trim() || NEURONPEDIA;
  if (url.toLowerCase() === 'off') return undefined;
  webAddress('NEURONPEDIA_URL', url, `${NEURONPEDIA}, or off`);
  const apiKey = variables.NEURONPEDIA_API_KEY?.trim() || undefined;
  return { url: withoutEndSlashes(url), apiKey };
}

/** How the Hugging Face Hub is reached, as its own tools read it from the environment. */
export interface HubAccess {
  /** Web address without a slash at its end. */
  endpoint: string;
  /** Absent: only what everybody may read. */
  token?: string;
  /** Cache folder of the Hub's own tools, which may already have files. */
  cache: string;
  /** Longest silence of a connection, in milliseconds. */
  stallMilliseconds: number;
}

const STALL_SECONDS = 30;

/**
 * Reads HF_ENDPOINT, HF_TOKEN (or the file that `hf auth login` writes), HF_HOME, HF_HUB_CACHE and
 * HF_HUB_DOWNLOAD_TIMEOUT.
 *
 * @throws {InputError} when one of them is not valid
 */
export function readHubAccess(variables: Variables = process.env): HubAccess {
  const endpoint = withoutEndSlashes(variables.HF_ENDPOINT?.trim() || 'https://huggingface.co');
  webAddress('HF_ENDPOINT', endpoint, 'https://huggingface.co');
  const cacheHome = variables.XDG_CACHE_HOME || join(homedir(), '.cache');
  const home = variables.HF_HOME || join(cacheHome, 'huggingface');
  const seconds = Number(variables.HF_HUB_DOWNLOAD_TIMEOUT || STALL_SECONDS);
  if (!(seconds > 0)) throw new InputError('HF_HUB_DOWNLOAD_TIMEOUT should be a number of seconds.');
  const token = variables.HF_TOKEN?.trim() || textIn(variables.HF_TOKEN_PATH || join(home, 'token'));
  if (token && !/^hf_[\w-]+$/.test(token)) {
    throw new InputError(
      'The Hub token is none: it should start with hf_ (HF_TOKEN, or the file that `hf auth login` writes).',
    );
  }
  return {
    endpoint,
    ...(token && { token }),
    cache: variables.HF_HUB_CACHE || variables.HUGGINGFACE_HUB_CACHE || join(home, 'hub'),
    stallMilliseconds: seconds * 1000,
  };
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
