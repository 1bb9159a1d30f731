import type { JobLimits, Jobs } from '../../src/jobs/index.js';
import { type Answerer, LocalJobs } from '../../src/jobs/local/localJobs.js';
import { SharedJobs, Workers } from '../../src/jobs/shared/index.js';
import { newDatabase } from '../support/newDatabase.js';
import { QUICK } from '../support/pace.js';
import { tinyModel } from '../support/tinyModel.js';

/** A queue for a test. */
export interface QueueSetting {
  jobs: Jobs;
  close(): Promise<void>;
}

const WORK = { nodes: 20_000, dreamTokens: 200_000 };
export const log = { info: () => {}, fault: () => {} };

/** Every implementation of the port: the clauses of `jobs.test.ts` hold for all of them. */
export const IMPLEMENTATIONS: Record<string, (core: Answerer, limits: JobLimits) => Promise<QueueSetting>> = {
  async 'in this process'(core, limits) {
    const jobs = new LocalJobs(core, limits);
    return { jobs, close: () => jobs.close() };
  },

  async 'shared over Redis'(core, limits) {
    const options = { url: await newDatabase('redis'), log, timing: QUICK };
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
