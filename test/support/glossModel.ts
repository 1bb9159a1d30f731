import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelSource } from '../../src/core/index.js';
import { fixture, modelSource } from './tinyModel.js';

const ENTRY = `gloss-12l:
  title: gloss-12l, a GPT-2 of 12 layers trained on WordNet's definitions
  folder: test/fixtures/gloss-12l
  dtype: float32
  defaults: { at: input, scale: auto }
  sae:
    release: gloss-12l-res
    hook: blocks.{layer}.hook_resid_post
    features: 1024
    folder: test/fixtures/gloss-12l/saes/{hook}
    layers:
      0: { parity: { l0: [29.2, 35.7], explainedVariance: [0.836, 0.896] } }
      6: { parity: { l0: [28.8, 35.2], explainedVariance: [0.76, 0.82] } }
      10: { parity: { l0: [28.4, 34.6], explainedVariance: [0.807, 0.867] } }
`;

/** gloss-12l, the small trained model that tests ask where random weights say too little. */
export function glossModel(layers = [0, 6, 10]): ModelSource {
  return modelSource('gloss-12l', fixture('gloss-12l'), layers);
}

/** A configuration folder: what ships, with gloss-12l as one more model of the catalogue and as that of commands that name none. */
export function glossConfiguration(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ghosttree-'));
  const settings = readFileSync('config/ghosttree.yaml', 'utf8').replace(/^model: .*$/m, 'model: gloss-12l');
  writeFileSync(join(folder, 'ghosttree.yaml'), settings);
  writeFileSync(join(folder, 'models.yaml'), `${ENTRY}\n${readFileSync('config/models.yaml', 'utf8')}`);
  return folder;
}
