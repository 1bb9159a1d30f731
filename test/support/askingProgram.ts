/** A front end that asks one question and waits; a test kills it. */
import { SharedJobs } from '../../src/jobs/shared/index.js';
import { LIMITS } from '../jobs/sharedSetting.js';
import { question } from './manualCore.js';
import { PROGRAM_PACE } from './pace.js';
import { tinyModel } from './tinyModel.js';

const log = { info: () => {}, fault: () => {} };
const jobs = await SharedJobs.connect({
  url: process.argv[2]!,
  limits: { ...LIMITS, perPerson: 1 },
  log,
  timing: PROGRAM_PACE,
});
const asker = { person: 'ada', channel: 'general' };
const answer = jobs.ask('feature', question(7), tinyModel(), { asker });
process.stderr.write('asked\n');
await answer;
