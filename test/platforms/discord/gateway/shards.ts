import type { Dispatch } from '../world/world.js';

/** Which share of the guilds a session gets: the number of the shard, and how many there are. */
export type Shard = readonly [id: number, count: number];

/** How the application is to be spread, as `/gateway/bot` tells it. */
export interface Sharding {
  /** The number of shards that is recommended. @default 1 */
  readonly shards: number;
  /** So many shards may identify at the same time, those of different `id % maxConcurrency`. @default 1 */
  readonly maxConcurrency: number;
  /** Milliseconds between two identifies of the same remainder; Discord's are 5 000. @default 0: unlimited */
  readonly identifyMs: number;
  /** Sessions that may be started in a day. @default 1000 */
  readonly sessions: number;
}

export const UNSHARDED: Sharding = { shards: 1, maxConcurrency: 1, identifyMs: 0, sessions: 1000 };

/** What a client says when it identifies; undefined when it makes no sense. */
export function readShard(given: unknown): Shard | undefined {
  if (given === undefined) return [0, 1];
  if (!Array.isArray(given) || given.length !== 2 || !given.every(Number.isInteger)) return undefined;
  const [id, count] = given as [number, number];
  return id >= 0 && id < count ? [id, count] : undefined;
}

/** The shard that hears of a guild: (id >> 22) % count, as Discord documents it. */
export function shardOf(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count));
}

/** Whether an event goes to a shard; what belongs to no guild, as direct messages, goes to shard 0. */
export function isFor([id, count]: Shard, { t, d }: Dispatch): boolean {
  const { id: own, guild_id: guild } = d as { id?: string; guild_id?: string };
  const about = guild ?? (/^GUILD_(CREATE|UPDATE|DELETE)$/.test(t) ? own : undefined);
  return (about === undefined ? 0 : shardOf(about, count)) === id;
}

/** Counts identifies against Discord's limits. */
export class IdentifyLimit {
  private readonly last = new Map<number, number>();
  private used = 0;

  constructor(private readonly sharding: Sharding) {}

  get remaining(): number {
    return this.sharding.sessions - this.used;
  }

  /** @returns whether a shard may identify now */
  take(id: number): boolean {
    const key = id % this.sharding.maxConcurrency;
    const now = Date.now();
    if (now - (this.last.get(key) ?? 0) < this.sharding.identifyMs) return false;
    this.last.set(key, now);
    this.used++;
    return true;
  }
}
