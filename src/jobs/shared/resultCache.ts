import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Report } from '../../core/index.js';
import { KEYS } from './names.js';
import { Script } from './script.js';

/** About the bytes that Redis needs for an entry besides the answer. */
const OVERHEAD = 200;

/** Keys: results, ages, bytes. The oldest leave first; the newest stays, whatever its size: somebody waits for it. */
const PUT = new Script(`
local at = now()
local id, answer, most, oldest = ARGV[1], ARGV[2], tonumber(ARGV[3]), at - tonumber(ARGV[4])
local function remove(key)
  local bytes = redis.call('HSTRLEN', KEYS[1], key) + ${OVERHEAD}
  redis.call('HDEL', KEYS[1], key)
  redis.call('ZREM', KEYS[2], key)
  redis.call('INCRBY', KEYS[3], -bytes)
end
if redis.call('ZSCORE', KEYS[2], id) then remove(id) end
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', oldest)) do remove(key) end
local bytes = tonumber(redis.call('GET', KEYS[3]) or '0') + #answer + ${OVERHEAD}
while bytes > most do
  local first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if not first then break end
  remove(first)
  bytes = tonumber(redis.call('GET', KEYS[3])) + #answer + ${OVERHEAD}
end
redis.call('HSET', KEYS[1], id, answer)
redis.call('ZADD', KEYS[2], at, id)
redis.call('SET', KEYS[3], bytes)
`);

/** Keys: results, ages. */
const GET = new Script(`
local age = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not age or now() - age > tonumber(ARGV[2]) then return false end
return redis.call('HGET', KEYS[1], ARGV[1])
`);

/** What every report has; the rest is not checked, because only workers write here. */
const AnyReport = z.looseObject({
  schema: z.string().startsWith('ghosttree/'),
  parameters: z.looseObject({}),
});

/** Level 1 makes reports a third to a fifth as large; higher levels take half as long again to save an eighth of that. */
const compress = promisify(gzip);
const expand = promisify(gunzip);
const LEVEL = 1;
/** Most bytes of an answer without compression, against one that was made to fill the memory. */
const MOST_BYTES = 256e6;

/** Answers for all processes, compressed, with a bound on their bytes in Redis; the oldest leave first. */
export class ResultCache {
  constructor(
    private readonly redis: Redis,
    private readonly limits: { cacheBytes: number; cacheSeconds: number },
  ) {}

  async put(id: string, report: Report): Promise<void> {
    const { cacheBytes, cacheSeconds } = this.limits;
    const answer = await compress(JSON.stringify(report), { level: LEVEL });
    const keys = [KEYS.results, KEYS.resultAges, KEYS.resultBytes];
    await PUT.run(this.redis, keys, [id, answer, Math.floor(cacheBytes), cacheSeconds * 1000]);
  }

  /** @returns undefined where there is none, or one that cannot be read */
  async get(id: string): Promise<Report | undefined> {
    const answer = await GET.run(
      this.redis,
      [KEYS.results, KEYS.resultAges],
      [id, this.limits.cacheSeconds * 1000],
    );
    if (!Buffer.isBuffer(answer)) return undefined;
    try {
      const text = await expand(answer, { maxOutputLength: MOST_BYTES });
      return AnyReport.parse(JSON.parse(text.toString())) as unknown as Report;
    } catch {
      return undefined;
    }
  }
}
