/** `ghosttree worker`, at the pace of tests. */
import { runWorker } from '../../src/programs/worker.js';
import { PROGRAM_PACE } from './pace.js';

await runWorker(process.argv.slice(3), PROGRAM_PACE);
