import { type Answerer, type JobLimits, type Jobs, LocalJobs } from '../../src/jobs/index.js';

/** A queue for a test. */
export interface QueueSetting {
  jobs: Jobs;
  close(): Promise<void>;
}

/** Every implementation of the port: the clauses of `jobs.test.ts` hold for all of them. */
export const IMPLEMENTATIONS: Record<string, (core: Answerer, limits: JobLimits) => Promise<QueueSetting>> = {
  async 'in this process'(core, limits) {
    const jobs = new LocalJobs(core, limits);
    return { jobs, close: () => jobs.close() };
  },
};
