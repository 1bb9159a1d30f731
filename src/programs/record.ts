import { coreSettings, readConfiguration } from '../configuration/index.js';
import { SHOWN_EXAMPLES } from '../core/files.js';
import { type FeatureRecord, recordModel } from '../core/prepare.js';
import { formatProbability } from '../text/numbers.js';
import { readModelWords } from './modelWords.js';
import { withProgress } from './withProgress.js';

/** As many examples as an answer's label is made from. */
const EXAMPLES = 2 * SHOWN_EXAMPLES;

/**
 * `ghosttree record <model> [layers=0,6,10]`: records how far the labels of a model's features hold.
 *
 * @throws {InputError | CancelledError}
 */
export async function runRecord(words: readonly string[]): Promise<void> {
  const configuration = readConfiguration();
  const { model, layers = model.layers } = readModelWords('record', words, configuration);
  const { threads, device, textMilliseconds } = coreSettings(configuration.settings);
  await withProgress(async (control) => {
    for (const layer of layers) {
      const settings = { threads, device, textMilliseconds, examples: EXAMPLES };
      const records = await recordModel(model, layer, settings, control);
      process.stdout.write(`${summary(layer, records)}\n`);
    }
  });
}

/** What was found, for people. */
function summary(layer: number, records: readonly FeatureRecord[]): string {
  const labels = records.map(({ label }) => label);
  const tried = labels.flatMap(({ heldOut }) => heldOut ?? []);
  const [recalled, occurring] = sums(tried, ({ active = 0, occurrences = 0 }) => [active, occurrences]);
  const [matching, firing] = sums(tried, ({ matching: all, firings }) => [all, firings]);
  const share = (part: number, of: number) => formatProbability(part / Math.max(1, of));
  return [
    `Layer ${layer}: ${labels.length} labels, ${labels.filter(({ shared }) => shared > 0).length} of shared words.`,
    `  ${labels.filter(({ meanings }) => meanings).length} have two meanings, ${labels.filter(({ same }) => same).length} share their first word with others, ${labels.filter(({ apart }) => apart).length} of them are told apart by a word.`,
    `  On other texts the features are active on ${share(recalled, occurring)} of ${occurring} occurrences of their words, and a word of the label stands at ${share(matching, firing)} of ${firing} strong firings.`,
  ].join('\n');
}

function sums<T>(all: readonly T[], counts: (one: T) => [number, number]): [number, number] {
  return all.reduce<[number, number]>(
    ([part, of], one) => {
      const [a, b] = counts(one);
      return [part + a, of + b];
    },
    [0, 0],
  );
}
