import { join } from 'node:path';
import { measureBaseline } from '../../src/core/features/tree/baseline.js';
import { defaultBaselines } from '../../src/core/runtime/opened/prepareBaseline.js';
import { BASELINE, baselineOf, shippedBaseline } from '../../src/core/weights/derived/baseline.js';
import { DerivedFile } from '../../src/core/weights/derived/derivedFile.js';
import { openEmbeddedModel } from '../evaluatedModel.js';

/** `npm run baseline`: writes the baselines that ship with the embedded model, for the default prompt. */
const { model, source, defaults, limits } = await openEmbeddedModel();
const { prompt, close } = defaults;
for (const setting of await defaultBaselines(model, source)) {
  const question = { ...setting, prompt, close };
  const baseline = await measureBaseline(model, question, limits, () => {});
  const derivation = await baselineOf(source, question, true);
  const file = await DerivedFile.shipped(join(source.folder, shippedBaseline(question)), derivation);
  await file.write(await BASELINE.write(baseline));
  process.stderr.write(`${shippedBaseline(question)}\n`);
}
await model.close();
