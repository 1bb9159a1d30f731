import { join } from 'node:path';
import { Checkpoint, readJson } from '../../files/checkpoint.js';
import { SaeConfigFile, saeConfig } from './config.js';
import type { SaeContent } from './stored.js';

export const SAELENS = { config: 'cfg.json', weights: 'sae_weights.safetensors' };

/** SAELens 3 to 6 (https://github.com/decoderesearch/SAELens): cfg.json and sae_weights.safetensors. */
export async function saeLens(folder: string): Promise<SaeContent> {
  const files = [join(folder, SAELENS.config), join(folder, SAELENS.weights)] as const;
  const config = saeConfig(await readJson(files[0], SaeConfigFile), folder);
  const { entries } = await Checkpoint.openFile(files[1]);
  const tensors = new Map([...entries].map(([name, tensor]) => [name, { tensor, flipped: false }]));
  return { config, tensors, files: [...files] };
}
