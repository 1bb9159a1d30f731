import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Functions for every script; the time is that of Redis, because the clocks of machines differ. */
const PRELUDE = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
-- How many entries of a set of leases have not ended.
local function alive(key, at)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', at)
  return redis.call('ZCARD', key)
end
`;

/** A Lua script, which Redis runs as one step. */
export class Script {
  private readonly lua: string;
  private readonly sha: string;

  constructor(body: string) {
    this.lua = PRELUDE + body;
    this.sha = createHash('sha1').update(this.lua).digest('hex');
  }

  /** @returns strings as buffers, numbers as they are */
  async run(
    redis: Redis,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    const rest = [
      String(keys.length),
      ...keys,
      ...args.map((arg) => (Buffer.isBuffer(arg) ? arg : String(arg))),
    ];
    try {
      return await redis.callBuffer('EVALSHA', this.sha, ...rest);
    } catch (error) {
      // A restarted Redis has no scripts.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.callBuffer('EVAL', this.lua, ...rest);
    }
  }
}
