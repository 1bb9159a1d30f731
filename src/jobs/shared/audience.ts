import type { Redis } from 'ioredis';
import type { Asker, JobLimits } from '../jobs.js';
import { type BrokenLimit, refusal } from '../refusal.js';
import { KEYS } from './names.js';
import { Script } from './script.js';

/** Keys: audience, waiting, then person, channel and workspace where known. */
const JOIN = new Script(`
local at = now()
local listener, id, lease, mode = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local first = alive(KEYS[1], at) == 0
if first then
  if alive(KEYS[2], at) >= tonumber(ARGV[5]) then return 'altogether' end
  if KEYS[3] and alive(KEYS[3], at) >= tonumber(ARGV[6]) then return 'perPerson' end
  if KEYS[4] and alive(KEYS[4], at) >= tonumber(ARGV[7]) then return 'perChannel' end
  if KEYS[5] and alive(KEYS[5], at) >= tonumber(ARGV[8]) then return 'perWorkspace' end
end
if mode == 'check' then return 'taken' end
for index, key in ipairs(KEYS) do
  if index ~= 2 then
    redis.call('ZADD', key, at + lease, listener)
    redis.call('PEXPIRE', key, 2 * lease)
  end
end
if first then redis.call('ZADD', KEYS[2], at + lease, id) end
return first and 'first' or 'joined'
`);

/** Keys as above. A question that no longer waits waits again only when it is asked anew. */
const RENEW = new Script(`
local ends = now() + tonumber(ARGV[3])
for index, key in ipairs(KEYS) do
  if index ~= 2 then
    redis.call('ZADD', key, ends, ARGV[1])
    redis.call('PEXPIRE', key, 2 * tonumber(ARGV[3]))
  end
end
if ARGV[4] == 'anew' then redis.call('ZADD', KEYS[2], ends, ARGV[2])
else redis.call('ZADD', KEYS[2], 'XX', ends, ARGV[2]) end
`);

/** Keys as above. */
const LEAVE = new Script(`
for index, key in ipairs(KEYS) do
  if index ~= 2 then redis.call('ZREM', key, ARGV[1]) end
end
local left = alive(KEYS[1], now())
if left == 0 then redis.call('ZREM', KEYS[2], ARGV[2]) end
return left
`);

/** Keys: audience, waiting, found. */
const KEEP_FOUND = new Script(`
local alone = alive(KEYS[1], now()) == 1 and redis.call('ZSCORE', KEYS[1], ARGV[1])
if not alone or redis.call('ZSCORE', KEYS[2], ARGV[2]) then return 0 end
redis.call('SET', KEYS[3], 1, 'PX', ARGV[3])
return 1
`);

/** Key: waiting. */
const WAIT = new Script("redis.call('ZADD', KEYS[1], now() + tonumber(ARGV[2]), ARGV[1])");

/** Keys: audience, found. */
const WANTED = new Script(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 'found' end
return alive(KEYS[1], now()) > 0 and 'yes' or 'no'
`);

/** Somebody in any process who waits for an answer. */
export interface Interest {
  /** Of the question. */
  id: string;
  listener: string;
  asker: Asker | undefined;
}

/**
 * Who waits for which answer, counted in Redis for all processes together: the work on a question ends when nobody
 * waits for it any more, and nobody gets more than a fair share of the queue. Every entry is a lease, so that those
 * of a process that was killed end by themselves.
 */
export class Audience {
  constructor(
    private readonly redis: Redis,
    private readonly limits: JobLimits,
    /** Milliseconds that an entry lasts unless it is renewed. */
    private readonly lease: number,
  ) {}

  /**
   * @returns whether nobody else waits for it
   * @throws {InputError} when the queue, or this asker's share of it, is full; joining others is always possible
   */
  async join(interest: Interest): Promise<boolean> {
    return (await this.admit(interest, 'join')) === 'first';
  }

  /** As `join`, without joining. @throws {InputError} */
  async check(id: string, asker: Asker): Promise<void> {
    await this.admit({ id, asker, listener: '' }, 'check');
  }

  /** @param anew whether the question waits again */
  async renew(interest: Interest, anew = false): Promise<void> {
    const { listener, id } = interest;
    await RENEW.run(this.redis, keysOf(interest), [listener, id, this.lease, anew ? 'anew' : '']);
  }

  /** @returns how many still wait for it */
  async leave(interest: Interest): Promise<number> {
    return Number(await LEAVE.run(this.redis, keysOf(interest), [interest.listener, interest.id]));
  }

  /** Asks for what was found until now. @returns false when others wait as well, or nothing was begun yet */
  async keepFound({ id, listener }: Interest): Promise<boolean> {
    const keys = [KEYS.audience(id), KEYS.waiting, KEYS.found(id)];
    return (await KEEP_FOUND.run(this.redis, keys, [listener, id, this.lease])) === 1;
  }

  /** Called by the worker that has begun with a question. */
  async begun(id: string): Promise<void> {
    await this.redis.multi().zrem(KEYS.waiting, id).del(KEYS.found(id)).exec();
  }

  /** Called by a worker that gives a question back; the processes that wait for it renew this. */
  async waitsAgain(id: string): Promise<void> {
    await WAIT.run(this.redis, [KEYS.waiting], [id, this.lease]);
  }

  /** Whether anybody wants a question's answer, or only what was found until now. */
  async wanted(id: string): Promise<'yes' | 'no' | 'found'> {
    const answer = await WANTED.run(this.redis, [KEYS.audience(id), KEYS.found(id)], []);
    return String(answer) as 'yes' | 'no' | 'found';
  }

  private async admit(interest: Interest, mode: 'join' | 'check'): Promise<string> {
    const { limits } = this;
    const numbers = [limits.altogether, limits.perPerson, limits.perChannel, limits.perWorkspace];
    const args = [interest.listener, interest.id, this.lease, mode, ...numbers];
    const answer = String(await JOIN.run(this.redis, keysOf(interest), args));
    if (['first', 'joined', 'taken'].includes(answer)) return answer;
    throw refusal(answer as BrokenLimit, limits);
  }
}

function keysOf({ id, asker }: Interest): string[] {
  const shared = [KEYS.audience(id), KEYS.waiting];
  if (!asker) return shared;
  const { person, channel, workspace } = asker;
  const keys = [...shared, KEYS.person(person), KEYS.channel(channel)];
  return workspace ? [...keys, KEYS.workspace(workspace)] : keys;
}
