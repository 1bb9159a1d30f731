import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SHIPPED_STATISTICS } from '../../src/core/runtime/opened/statisticsStore.js';
import { openEmbeddedModel } from '../embeddedModel.js';

/** `npm run statistics`: measures the embedded model's SAEs anew, for the files that ship with them. */
const { model, source, limits } = await openEmbeddedModel();
for (const [layer, { hook, folder }] of Object.entries(source.saes)) {
  const shipped = join(folder, SHIPPED_STATISTICS);
  await rm(shipped, { force: true });
  await model.statistics(Number(layer), limits, async (share) => {
    process.stderr.write(`\rlayer ${layer}: ${Math.round(100 * share)} % `);
  });
  const kept = (await readdir(source.prepared)).find((name) => name.startsWith(`${hook}.statistics.`));
  await copyFile(join(source.prepared, kept!), shipped);
}
await model.close();
