import { coreSettings, defaultsOf, readConfiguration } from '../configuration/index.js';
import { type CalibrationReport, calibrateModel } from '../core/prepare.js';
import { formatLength, formatProbability } from '../text/numbers.js';
import { readModelWords } from './modelWords.js';
import { withProgress } from './withProgress.js';

/** Features of each SAE that a calibration is judged by, and the seed by which they are drawn. */
const JUDGED_BY = { features: 48, seed: 20_270 };

/**
 * `ghosttree calibrate <model> [layers=0,6,10]`: finds at which settings the features of a model speak truly.
 *
 * @throws {InputError | CancelledError}
 */
export async function runCalibrate(words: readonly string[]): Promise<void> {
  const configuration = readConfiguration();
  const { model, layers = model.layers } = readModelWords('calibrate', words, configuration);
  const { settings } = configuration;
  const { prompt, close, weights: asked } = defaultsOf(model, settings);
  // What the model holds where a feature fires needs no calibration: it is not a vector of the SAE.
  const weights = asked === 'firing' ? 'decoder' : asked;
  const { threads, device } = coreSettings(settings);
  await withProgress(async (control) => {
    for (const layer of layers) {
      const report = await calibrateModel(
        model,
        layer,
        { prompt, close, weights, threads, device, ...JUDGED_BY },
        control,
      );
      process.stdout.write(`${summary(layer, report)}\n`);
    }
  });
}

/** What was found, for people. */
function summary(layer: number, { settings, readsBack, pooled, tried, features }: CalibrationReport): string {
  const share = (value: number) => formatProbability(value);
  const row = ({ at, scale, share: beaten, readsBack: back }: CalibrationReport['tried'][number]) =>
    `  at=${at} scale=${formatLength(scale)}: tells a feature from ${share(beaten)} of the others, ${share(back)} read back`;
  const chosen = settings.map(({ at, scale }) => `at=${at} scale=${formatLength(scale)}`).join(', ');
  const truth =
    readsBack === undefined || pooled.above === undefined
      ? 'No share of the maximum tells which answers are true: nothing here counts as read back.'
      : `An answer reads back from ${share(readsBack)} of the maximum on: ${share(pooled.readsBack)} of the features do, and are told from ${share(pooled.above)} of the others; the rest from ${share(pooled.below ?? 0)}.`;
  return [
    `Layer ${layer}, judged by ${features} features (50% is chance):`,
    ...tried.map(row),
    `Chosen: ${chosen}. Together they tell a feature from ${share(pooled.share)} of the others.`,
    truth,
  ].join('\n');
}
