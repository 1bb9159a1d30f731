import type { JobLimits } from '../../src/jobs/index.js';
import { SharedJobs, type SharedTiming, Workers } from '../../src/jobs/shared/index.js';
import type { ManualCore } from '../support/manualCore.js';
import { RedisServer } from '../support/redis.js';
import { tinyModel } from '../support/tinyModel.js';
import { QUICK } from './implementations.js';

export const LIMITS: JobLimits = {
  perPerson: 2,
  perChannel: 3,
  perWorkspace: 4,
  altogether: 4,
  cacheBytes: 100_000,
  cacheSeconds: 60,
};
const WORK = { nodes: 20_000, dreamTokens: 200_000 };
const source = tinyModel();

/** Several front ends and workers around one Redis, all in the process of a test. */
export class SharedSetting {
  readonly infos: string[] = [];
  readonly faults: string[] = [];
  private readonly closing: (() => Promise<void>)[] = [];

  private constructor(readonly redis: RedisServer) {}

  static async start(...options: string[]): Promise<SharedSetting> {
    return new SharedSetting(await RedisServer.start(...options));
  }

  async frontEnd(
    limits: Partial<JobLimits> = {},
    timing: Partial<SharedTiming> = {},
    url = this.redis.url,
  ): Promise<SharedJobs> {
    const { log } = this;
    const jobs = await SharedJobs.connect({
      url,
      log,
      limits: { ...LIMITS, ...limits },
      timing: { ...QUICK, ...timing },
    });
    this.closing.push(() => jobs.close());
    return jobs;
  }

  async worker(
    core: ManualCore,
    timing: Partial<SharedTiming> = {},
    limits: Partial<JobLimits> = {},
  ): Promise<Workers> {
    const { log } = this;
    const workers = await Workers.start({
      url: this.redis.url,
      log,
      models: [source.id],
      core,
      find: () => source,
      limits: { ...LIMITS, ...WORK, ...limits },
      timing: { ...QUICK, ...timing },
    });
    this.closing.push(() => workers.close());
    return workers;
  }

  async stop(): Promise<void> {
    for (const close of this.closing.reverse()) await close();
    await this.redis.kill();
  }

  private readonly log = {
    info: (message: string) => void this.infos.push(message),
    fault: (message: string, error: unknown) => void this.faults.push(`${message}: ${error}`),
  };
}
