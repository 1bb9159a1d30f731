import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SHIPPED_STATISTICS } from '../../src/core/runtime/opened/statisticsStore.js';
import { DerivedFile } from '../../src/core/weights/derived/derivedFile.js';
import { STATISTICS, statisticsOf } from '../../src/core/weights/derived/statistics.js';
import { openModelFolder } from '../../src/core/weights/modelFolder.js';
import { Sae } from '../../src/core/weights/sae/index.js';
import { openEmbeddedModel } from '../evaluatedModel.js';

/** `npm run statistics`: measures the embedded model's SAEs anew, for the files that ship with them. */
const { model, source, limits } = await openEmbeddedModel();
const { files } = (await openModelFolder(source.folder)).checkpoint;
for (const [layer, place] of Object.entries(source.saes)) {
  const shipped = join(place.folder, SHIPPED_STATISTICS);
  await rm(shipped, { force: true });
  const statistics = await model.statistics(Number(layer), limits, async (share) => {
    process.stderr.write(`\rlayer ${layer}: ${Math.round(100 * share)} % `);
  });
  const sae = await Sae.open(place);
  const derivation = statisticsOf({ hook: place.hook, dtype: source.dtype, files: [...files, ...sae.files] });
  await (await DerivedFile.shipped(shipped, derivation)).write(await STATISTICS.write(statistics));
}
await model.close();
