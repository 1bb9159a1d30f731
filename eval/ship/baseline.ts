import { join } from 'node:path';
import { measureBaseline } from '../../src/core/features/tree/baseline.js';
import { BaselineStore, SHIPPED } from '../../src/core/runtime/opened/baselineStore.js';
import { writeAtomically } from '../../src/core/weights/files/atomicFile.js';
import { openEmbeddedModel } from '../embeddedModel.js';

/** `npm run baseline`: writes the baseline that ships with the embedded model, for the default prompt. */
const { model, source, defaults, limits } = await openEmbeddedModel();
const question = { prompt: defaults.prompt, close: defaults.close, centered: false };
const baseline = await measureBaseline(model, question, limits, () => {});
const key = await new BaselineStore(source).key(question, false);
const bytes = await BaselineStore.encode(key, baseline);
await writeAtomically(join(source.folder, SHIPPED), (handle) => handle.writeFile(bytes));
await model.close();
