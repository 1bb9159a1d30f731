import { coreSettings, readConfiguration } from '../src/configuration/index.js';
import { glossConfiguration } from '../test/support/glossModel.js';
import { benchAcks } from './scale/acks.js';
import { benchCosts } from './scale/costs.js';
import { benchFaults } from './scale/faults.js';
import { roomyConfiguration } from './scale/setting.js';
import { benchThroughput } from './scale/throughput.js';
import { writeResults } from './table.js';

/**
 * `npm run bench:scale [-- costs throughput acks faults]`: the shared queue with real workers, front end and Redis, all on
 * this machine. A run of all parts keeps its table in bench/scale-results.md. Takes a few minutes.
 */
const own = await roomyConfiguration(glossConfiguration());
const tiny = await roomyConfiguration('test/fixtures/config');
const parts = {
  costs: () => benchCosts(own),
  throughput: () => benchThroughput(own),
  acks: () => benchAcks(tiny),
  faults: () => benchFaults(tiny),
};
const names = process.argv.slice(2);
const rows = [];
for (const [name, measure] of Object.entries(parts)) {
  if (names.length === 0 || names.includes(name)) rows.push(...(await measure()));
}
const { threads, batch } = coreSettings(readConfiguration(own).settings);
const file = names.length === 0 ? 'bench/scale-results.md' : undefined;
await writeResults(file, 'npm run bench:scale', rows, { threads, batch });
process.exit();
