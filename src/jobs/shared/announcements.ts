import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { InputError } from '../../core/index.js';
import { KEYS } from './names.js';
import { Script } from './script.js';

/** Keys: the set of all models, then those of this worker's models. */
const ANNOUNCE = new Script(`
local ends = now() + tonumber(ARGV[1])
for index = 2, #KEYS do
  redis.call('ZADD', KEYS[index], ends, ARGV[2])
  redis.call('PEXPIRE', KEYS[index], 2 * tonumber(ARGV[1]))
  redis.call('ZADD', KEYS[1], ends, ARGV[index + 1])
end
`);

/** Key: a set of leases. */
const ALIVE = new Script('return alive(KEYS[1], now())');
const NAMES = new Script(`
alive(KEYS[1], now())
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

/** Which models have a worker: workers announce theirs again and again, and one that stops doing so is gone. */
export class Announcements {
  private readonly worker = randomUUID();

  constructor(
    private readonly redis: Redis,
    /** Milliseconds that an announcement lasts. */
    private readonly lease: number,
  ) {}

  async announce(models: readonly string[]): Promise<void> {
    const keys = [KEYS.models, ...models.map(KEYS.workers)];
    await ANNOUNCE.run(this.redis, keys, [this.lease, this.worker, ...models]);
  }

  async takeBack(models: readonly string[]): Promise<void> {
    await Promise.all(models.map((model) => this.redis.zrem(KEYS.workers(model), this.worker)));
  }

  async isServed(model: string): Promise<boolean> {
    return Number(await ALIVE.run(this.redis, [KEYS.workers(model)], [])) > 0;
  }

  /** @throws {InputError} when no worker answers questions about this model */
  async requireServed(model: string): Promise<void> {
    if (await this.isServed(model)) return;
    const names = (await NAMES.run(this.redis, [KEYS.models], [])) as Buffer[];
    const served = await Promise.all(
      names.map(String).map(async (name) => ((await this.isServed(name)) ? [name] : [])),
    );
    const otherModels = served.flat().sort();
    throw new InputError(
      `No worker answers questions about ${model} at the moment${otherModels.length > 0 ? ` (they answer about ${otherModels.join(', ')})` : ''}: an operator starts one with \`ghosttree worker model=${model}\`.`,
    );
  }
}
