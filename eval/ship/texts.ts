import { join } from 'node:path';
import { OWN_TEXTS, ownTexts } from '../../src/core/features/activation/ownTexts.js';
import { DerivedFile } from '../../src/core/weights/derived/derivedFile.js';
import { SHIPPED_TEXTS, textsFormat, textsOf } from '../../src/core/weights/derived/texts.js';
import { openModelFolder } from '../../src/core/weights/modelFolder.js';
import { openEmbeddedModel } from '../evaluatedModel.js';

/** `npm run texts`: writes the texts of its own that ship with the embedded model. */
const { model, source } = await openEmbeddedModel();
const texts = await ownTexts(
  model.language,
  model.tokenizer,
  OWN_TEXTS,
  () => false,
  () => {},
);
const derivation = textsOf((await openModelFolder(source.folder)).checkpoint.files);
const file = await DerivedFile.shipped(join(source.folder, SHIPPED_TEXTS), derivation);
await file.write(await textsFormat(Number.POSITIVE_INFINITY).write(texts));
await model.close();
