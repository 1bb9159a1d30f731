import { join } from 'node:path';
import { measureBaseline } from '../../src/core/features/tree/baseline.js';
import { BASELINE, baselineOf, SHIPPED_BASELINE } from '../../src/core/weights/derived/baseline.js';
import { DerivedFile } from '../../src/core/weights/derived/derivedFile.js';
import { openEmbeddedModel } from '../evaluatedModel.js';

/** `npm run baseline`: writes the baseline that ships with the embedded model, for the default prompt. */
const { model, source, defaults, limits } = await openEmbeddedModel();
const question = { prompt: defaults.prompt, close: defaults.close, centered: false };
const baseline = await measureBaseline(model, question, limits, () => {});
const derivation = await baselineOf(source, question, true);
const file = await DerivedFile.shipped(join(source.folder, SHIPPED_BASELINE), derivation);
await file.write(await BASELINE.write(baseline));
await model.close();
