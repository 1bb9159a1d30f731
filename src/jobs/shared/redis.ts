import { Redis, type RedisOptions } from 'ioredis';
import { InputError } from '../../core/index.js';
import type { SharedTiming } from './timing.js';

/** Where the queue writes what an operator should know. */
export interface QueueLog {
  info(message: string): void;
  /** @param fields id of the command that asked, and the model */
  fault(message: string, error: unknown, fields?: { id?: string | undefined; model?: string }): void;
}

/** Milliseconds until the next attempt to connect: a step more each time, up to the most. */
const RETRY = { step: 100, most: 2000 };

/** Options of every connection to Redis, which comes back by itself. */
export function redisOptions({ connect }: SharedTiming) {
  return {
    connectTimeout: connect,
    // A blocking command waits for Redis to come back; the others are bounded by time, not by tries.
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(times * RETRY.step, RETRY.most),
  } satisfies RedisOptions;
}

/**
 * Connects to Redis, and warns when it may throw the queue away.
 *
 * @throws {InputError} when it cannot be reached or refuses us; the message names no password
 */
export async function openRedis(url: string, timing: SharedTiming, log: QueueLog): Promise<Redis> {
  let opened = false;
  let reason: unknown;
  const options = redisOptions(timing);
  const redis = new Redis(url, {
    ...options,
    lazyConnect: true,
    commandTimeout: timing.command,
    retryStrategy: (times) => (opened ? options.retryStrategy(times) : null),
  });
  redis.on('error', (error: unknown) => {
    reason ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    redis.disconnect();
    throw new InputError(refusedText(url, reason ?? error));
  }
  opened = true;
  reportConnection(redis, placeOf(url), log);
  await checkPolicy(redis, log);
  return redis;
}

/** What is wrong with a connection; undefined when nothing is. */
export async function problemOf(redis: Redis): Promise<string | undefined> {
  try {
    await redis.ping();
    return undefined;
  } catch {
    return 'Redis cannot be reached';
  }
}

/** Says once that Redis went away, and once that it is back. */
function reportConnection(redis: Redis, place: string, log: QueueLog): void {
  let away = false;
  redis.on('reconnecting', () => {
    if (!away) log.info(`The connection to Redis at ${place} is lost; it is tried again until it stands.`);
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info(`Redis at ${place} is back.`);
    away = false;
  });
}

async function checkPolicy(redis: Redis, log: QueueLog): Promise<void> {
  const info = await redis.info('memory').catch(() => '');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy && policy !== 'noeviction') {
    log.info(
      `Redis may throw questions away when its memory is full (maxmemory-policy ${policy}): set it to noeviction.`,
    );
  }
}

function refusedText(url: string, reason: unknown): string {
  const message = reason instanceof Error ? reason.message : String(reason);
  const code = (reason as NodeJS.ErrnoException | undefined)?.code;
  const place = placeOf(url);
  if (/NOAUTH|WRONGPASS|invalid password|invalid username/i.test(message))
    return `Redis at ${place} refuses the user name or password of QUEUE_URL.`;
  const why = code ?? (/timed? ?out|ETIMEDOUT/i.test(message) ? 'no answer' : 'connection closed');
  return `Redis at ${place} cannot be reached (${why}): is it running, and is QUEUE_URL right?`;
}

/** Host and port, without user name and password. */
function placeOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || 6379}`;
}
