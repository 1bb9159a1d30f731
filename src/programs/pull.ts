import { PullProgressBars } from '../adapters/terminal/pullProgress.js';
import { shellLine } from '../adapters/terminal/shell.js';
import { readHubAccess } from '../configuration/environment.js';
import {
  type CatalogueModel,
  type Configuration,
  coreSettings,
  defaultsOf,
  readConfiguration,
} from '../configuration/index.js';
import type { BaselineSettings } from '../core/prepare.js';
import { type PullResult, pull } from '../hub/index.js';
import { durationText, sizeText } from '../text/units.js';
import { readModelWords } from './modelWords.js';

/**
 * `ghosttree pull <model> [layers=0,6,10] [dtype=q8]`: gets a model of the catalogue, or more of its SAEs.
 *
 * @throws {InputError | CancelledError | Error}
 */
export async function runPull(words: readonly string[]): Promise<void> {
  const configuration = readConfiguration();
  const { model, layers, dtype } = readModelWords('pull', words, configuration);
  const access = readHubAccess();
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const bars = new PullProgressBars(process.stderr);
  const startedAt = performance.now();
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
    process.stdout.write(summary(model, result, performance.now() - startedAt, configuration.settings.model));
  } finally {
    bars.clear();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/** What the first answers with default options will need. */
function baselineOf(model: CatalogueModel, { settings }: Configuration): BaselineSettings | undefined {
  const { prune, prompt, close } = defaultsOf(model, settings);
  return prune === 'off' ? undefined : { ...coreSettings(settings), prompt, close };
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
