import { findModel } from '../../commands/line/address.js';
import { toRequest } from '../../commands/line/grammar.js';
import { parseOptions } from '../../commands/line/options.js';
import { DTYPE, LAYERS } from '../adapters/terminal/programs.js';
import { PullProgressBars } from '../adapters/terminal/pullProgress.js';
import { shellLine } from '../adapters/terminal/shell.js';
import {
  type CatalogueModel,
  type Configuration,
  coreSettings,
  defaultsOf,
  readConfiguration,
} from '../configuration/index.js';
import { InputError } from '../core/index.js';
import type { BaselineSettings } from '../core/prepare.js';
import { type PullResult, pull, readAccess, remove } from '../hub/index.js';
import { durationText, sizeText } from '../text/units.js';

/**
 * `ghosttree pull <model> [layers=0,6,10] [dtype=q8]`: gets a model of the catalogue, or more of its SAEs.
 *
 * @throws {InputError | CancelledError | Error}
 */
export async function runPull(words: readonly string[]): Promise<void> {
  const configuration = readConfiguration();
  const { model, layers, dtype } = readWords('pull', words, configuration);
  const access = readAccess();
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const bars = new PullProgressBars(process.stderr);
  const begun = performance.now();
  try {
    const result = await pull(
      { model, layers, dtype },
      {
        access,
        signal: cancel.signal,
        say: (line) => bars.say(line),
        onProgress: (progress) => bars.update(progress),
        baseline: baselineOf(model, configuration),
      },
    );
    bars.clear();
    process.stdout.write(summary(model, result, performance.now() - begun, configuration.settings.model));
  } finally {
    bars.clear();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/**
 * `ghosttree remove <model> [layers=0,6]`: takes what was pulled from the disk.
 *
 * @throws {InputError}
 */
export async function runRemove(words: readonly string[]): Promise<void> {
  const { model, layers, dtype } = readWords('remove', words, readConfiguration());
  if (dtype) throw new InputError('remove takes no dtype: name a model, and layers= if not all of it.');
  await remove(model, layers);
  const what = layers ? `The SAEs of ${model.id} at layers ${layers.join(', ')} are` : `${model.id} is`;
  process.stdout.write(`${what} removed. Get it again: ${shellLine(`pull ${model.id}`)}\n`);
}

/** What the first answers with default options will need. */
function baselineOf(model: CatalogueModel, { settings }: Configuration): BaselineSettings | undefined {
  const { prune, prompt, close } = defaultsOf(model, settings);
  return prune === 'off' ? undefined : { ...coreSettings(settings), prompt, close };
}

function readWords(program: 'pull' | 'remove', words: readonly string[], { models }: Configuration) {
  const { words: names, values } = toRequest(words);
  const options: (typeof LAYERS | typeof DTYPE)[] = program === 'pull' ? [LAYERS, DTYPE] : [LAYERS];
  const given = parseOptions({ values }, options);
  const onHub = [...models.values()].filter(({ hub }) => hub).map(({ id }) => id);
  if (names.length !== 1 || names[0]!.startsWith('-')) {
    throw new InputError(
      `Name one model, as in: ghosttree ${program} gemma-2b layers=10. Models on the Hub: ${onHub.join(', ')}.`,
    );
  }
  const model = findModel(names[0]!, models);
  return { model, layers: readLayers(given.layers, model), dtype: given.dtype };
}

function readLayers(text: string | undefined, model: CatalogueModel): number[] | undefined {
  if (text === undefined) return undefined;
  if (text.toLowerCase() === 'all') return model.layers;
  const layers = [...new Set(text.split(',').map(Number))].sort((a, b) => a - b);
  const unknown = layers.find((layer) => !model.layers.includes(layer));
  if (unknown !== undefined) {
    throw new InputError(
      `${model.id} has no SAE at layer ${unknown}; layers with one: ${model.layers.join(', ')}.`,
    );
  }
  return layers;
}

function summary(
  model: CatalogueModel,
  { layers, fetched, size, folder }: PullResult,
  milliseconds: number,
  standard: string,
): string {
  const layer = layers[Math.floor(layers.length / 2)] ?? 0;
  const name = model.id === standard ? '' : ` model=${model.id}`;
  return [
    `${model.id} is ready, with SAEs at layers ${layers.join(', ')}: ${sizeText(size)} checked, ${sizeText(fetched)} fetched, in ${durationText(milliseconds)}.`,
    `Folder: ${folder}`,
    `Try: ${shellLine(`feature ${layer} ${Math.min(777, model.features - 1)}${name}`)}`,
    '',
  ].join('\n');
}
