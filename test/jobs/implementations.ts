import type { JobLimits, Jobs } from '../../src/jobs/index.js';
import { type Answerer, LocalJobs } from '../../src/jobs/local/localJobs.js';
import { SharedJobs, type SharedTiming, Workers } from '../../src/jobs/shared/index.js';
import { RedisServer } from '../support/redis.js';
import { tinyModel } from '../support/tinyModel.js';

/** A queue for a test. */
export interface QueueSetting {
  jobs: Jobs;
  close(): Promise<void>;
}

/** The pace of a shared queue in tests: what takes seconds for people may take less here. */
export const QUICK: Partial<SharedTiming> = {
  beat: 200,
  lease: 3000,
  look: 50,
  progress: 20,
  lock: 2000,
  stalled: 500,
};
const WORK = { nodes: 20_000, dreamTokens: 200_000 };
export const log = { info: () => {}, fault: () => {} };

let redis: RedisServer | undefined;

/** Every implementation of the port: the clauses of `jobs.test.ts` hold for all of them. */
export const IMPLEMENTATIONS: Record<string, (core: Answerer, limits: JobLimits) => Promise<QueueSetting>> = {
  async 'in this process'(core, limits) {
    const jobs = new LocalJobs(core, limits);
    return { jobs, close: () => jobs.close() };
  },

  async 'shared over Redis'(core, limits) {
    redis ??= await RedisServer.start();
    const looking = redis.client();
    await looking.flushall();
    looking.disconnect();
    const options = { url: redis.url, log, timing: QUICK };
    const source = tinyModel();
    const workers = await Workers.start({
      ...options,
      models: [source.id],
      core,
      find: () => source,
      limits: { ...limits, ...WORK },
    });
    const jobs = await SharedJobs.connect({ ...options, limits });
    return {
      jobs,
      async close() {
        await jobs.close();
        await workers.close();
      },
    };
  },
};

export async function stopRedis(): Promise<void> {
  await redis?.kill();
}
