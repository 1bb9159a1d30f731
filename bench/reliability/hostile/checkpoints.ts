import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { coreSettings, readConfiguration } from '../../../src/configuration/index.js';
import { createCore, EngineError, InputError, type ModelSource } from '../../../src/core/index.js';
import { temporaryFolder } from '../../../test/support/temporaryFolder.js';
import { fixture, type TinyModel, tinyModel } from '../../../test/support/tinyModel.js';
import { question } from '../../generated/question.js';
import type { Dice } from '../../soak/dice.js';
import type { Finding } from '../proof.js';
import { mutateBytes, mutateJson } from './mutations.js';

/** Files that a stranger may have made, in each family's formats. */
const FILES: [TinyModel, string[]][] = [
  [
    'tiny-gpt2',
    [
      'config.json',
      'model.safetensors',
      'tokenizer.json',
      'saes/blocks.0.hook_resid_post/cfg.json',
      'saes/blocks.0.hook_resid_post/sae_weights.safetensors',
    ],
  ],
  ['tiny-gpt2-sharded', ['model.safetensors.index.json', 'model-00001-of-00002.safetensors']],
  [
    'tiny-gemma-2',
    ['config.json', 'model-00001-of-00003.safetensors', 'saes/layer_0/width_48/average_l0_12/params.npz'],
  ],
];
/** Longer than any of these models needs by far. */
const LIMIT_MILLISECONDS = 20_000;

/** Asks about models one of whose files is damaged: the answer is a report or a sentence, and the next one comes. */
export async function hostileCheckpoints(
  count: number,
  dice: Dice,
  progress: (line: string) => void,
): Promise<Finding> {
  const { settings } = readConfiguration(fixture('config'));
  const core = createCore({ ...coreSettings(settings), stallMilliseconds: LIMIT_MILLISECONDS });
  const found = { answered: 0, refused: 0, crashed: 0, other: 0 };
  let longest = 0;
  for (let index = 0; index < count; index++) {
    const [name, files] = dice.pick(FILES);
    const file = dice.pick(files);
    const { source, folder } = await damaged(name, file, dice);
    const began = performance.now();
    try {
      const request = question({ model: source.id, layer: 0, feature: 7, cutoff: 0.01, nodes: 50 });
      await core.ask('feature', request, source);
      found.answered++;
    } catch (error) {
      if (error instanceof InputError) found.refused++;
      else {
        found[error instanceof EngineError ? 'crashed' : 'other']++;
        progress(`${name}/${file}: ${String(error).slice(0, 200)}`);
      }
    }
    longest = Math.max(longest, performance.now() - began);
    await rm(folder, { recursive: true, force: true });
    if (index % 250 === 249) progress(`${index + 1} of ${count} damaged checkpoints`);
  }
  await core.close();
  const crashes = found.crashed + found.other;
  return {
    what: 'Checkpoint files (config, weights, index, tokenizer, SAE in three formats), bytes or JSON mutated',
    tried: `${count} models`,
    found: `${crashes} crashes; ${found.refused} refused with a sentence, ${found.answered} answered; longest ${(longest / 1000).toFixed(1)} s (limit ${LIMIT_MILLISECONDS / 1000})`,
    met: crashes === 0 && longest <= LIMIT_MILLISECONDS,
  };
}

async function damaged(
  name: TinyModel,
  file: string,
  dice: Dice,
): Promise<{ source: ModelSource; folder: string }> {
  const folder = await temporaryFolder();
  const model = join(folder, 'model');
  await cp(fixture(name), model, { recursive: true });
  const path = join(model, file);
  const bytes = await readFile(path);
  const isJson = file.endsWith('.json') && dice.chance(0.7);
  const changed = isJson
    ? Buffer.from(JSON.stringify(mutateJson(JSON.parse(bytes.toString()), dice)))
    : mutateBytes(bytes, dice);
  await writeFile(path, changed);
  const { saes, ...source } = tinyModel(name);
  const moved = Object.fromEntries(
    Object.entries(saes).map(([layer, sae]) => [
      layer,
      { ...sae, folder: sae.folder.replace(fixture(name), model) },
    ]),
  );
  return { source: { ...source, folder: model, prepared: join(folder, 'prepared'), saes: moved }, folder };
}
