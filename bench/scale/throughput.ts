import { coreSettings, defaultsOf, jobLimits, readConfiguration } from '../../src/configuration/index.js';
import { createCore, type FeatureRequest } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { SharedJobs } from '../../src/jobs/shared/index.js';
import { RedisServer } from '../../test/support/redis.js';
import type { BenchRow } from '../row.js';
import { startWorker } from './setting.js';

/** Questions of each measurement, all different; before it some that only open the model. */
const QUESTIONS = 24;
const WARM = 8;
const LAYER = 10;
const WORKERS = [1, 2, 4];
const log = { info: () => {}, fault: (message: string) => void process.stderr.write(`${message}\n`) };

/** How many `/feature` of gloss-12l are answered in a second, as typed without options. */
export async function benchThroughput(config: string): Promise<BenchRow[]> {
  const { settings, models } = readConfiguration(config);
  const model = models.get('gloss-12l')!;
  const limits = jobLimits(settings);
  const ask = (jobs: Jobs, first: number, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        const parameters: FeatureRequest['parameters'] = defaultsOf(model, settings);
        const question = { model: model.id, layer: LAYER, feature: first + index, parameters };
        return jobs.ask('feature', question, model);
      }),
    );
  const perSecond = async (jobs: Jobs) => {
    await ask(jobs, 0, WARM);
    const started = performance.now();
    await ask(jobs, WARM, QUESTIONS);
    return QUESTIONS / ((performance.now() - started) / 1000);
  };

  const local = new LocalJobs(createCore(coreSettings(settings)), limits);
  const alone = await perSecond(local);
  await local.close();
  const rows: BenchRow[] = [
    { name: 'answers, one process without a queue', value: alone, unit: 'per second' },
  ];
  for (const count of WORKERS) {
    const redis = await RedisServer.start();
    const workers = await Promise.all(
      Array.from({ length: count }, () => startWorker(model.id, config, redis.url)),
    );
    const jobs = await SharedJobs.connect({ url: redis.url, limits, log });
    const shared = await perSecond(jobs);
    await jobs.close();
    await Promise.all(workers.map((worker) => worker.stop('SIGTERM')));
    await redis.kill();
    const name = `answers, ${count} worker${count > 1 ? 's' : ''} on the queue`;
    rows.push({ name, value: shared, unit: 'per second' });
    rows.push({ name: `${name}, against one process`, value: shared / alone, unit: 'x' });
  }
  return rows;
}
