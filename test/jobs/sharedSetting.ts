import type { JobLimits } from '../../src/jobs/index.js';
import { SharedJobs, type SharedTiming, Workers } from '../../src/jobs/shared/index.js';
import type { ManualCore } from '../support/manualCore.js';
import { newDatabase } from '../support/newDatabase.js';
import { QUICK } from '../support/pace.js';
import { RedisServer } from '../support/redis.js';
import { tinyModel } from '../support/tinyModel.js';

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

  private constructor(
    readonly url: string,
    private readonly server?: RedisServer,
  ) {}

  static async start(): Promise<SharedSetting> {
    return new SharedSetting(await newDatabase('redis'));
  }

  /** With a Redis of its own, which may be killed. */
  static async startAlone(...options: string[]): Promise<SharedSetting> {
    const server = await RedisServer.start(...options);
    return new SharedSetting(server.url, server);
  }

  /** @throws when it is everybody's */
  get redis(): RedisServer {
    if (!this.server) throw new Error('other tests use this Redis, too');
    return this.server;
  }

  async frontEnd(
    limits: Partial<JobLimits> = {},
    timing: Partial<SharedTiming> = {},
    url = this.url,
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
      url: this.url,
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
    await this.server?.kill();
  }

  private readonly log = {
    info: (message: string) => void this.infos.push(message),
    fault: (message: string, error: unknown) => void this.faults.push(`${message}: ${error}`),
  };
}
