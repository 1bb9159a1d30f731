import { join } from 'node:path';
import { OWN_TEXTS, ownTexts } from '../../src/core/features/activation/ownTexts.js';
import { SHIPPED_TEXTS, textTensors } from '../../src/core/weights/derived/texts.js';
import { writeSafetensors } from '../../src/core/weights/files/safetensorsWriter.js';
import { openEmbeddedModel } from '../embeddedModel.js';

/** `npm run texts`: writes the texts of its own that ship with the embedded model. */
const { model, source } = await openEmbeddedModel();
const texts = await ownTexts(
  model.language,
  model.tokenizer,
  OWN_TEXTS,
  () => false,
  () => {},
);
await writeSafetensors(join(source.folder, SHIPPED_TEXTS), textTensors(texts, Number.POSITIVE_INFINITY));
await model.close();
