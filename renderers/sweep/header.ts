/** The head of a sweep's picture: the feature and its best scale. */
import type { SweepReport } from '../../src/core/report/sweep.js';
import { formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { measureWords, type Ruler, type Style, wrap } from '../sheet/typeset.js';

const TITLE = { size: 40, bold: true };
const BEST = { size: 34, bold: false };
const DETAIL = { size: 20, bold: false };

export function sweepHeader(report: SweepReport, theme: Theme, ruler: Ruler, width: number): Panel {
  const { model, sae, parameters, chosen, meanTokenDistance } = report;
  const items: Item[] = [];
  let y = 0;
  const write = (words: string, style: Style, colour: string) => {
    const { runs } = measureWords(words, style, ruler);
    const pieces = runs.map(({ text, mark }) => [{ text, mark }]);
    for (const line of wrap(pieces, style, ruler, width, 1))
      items.push({
        kind: 'text',
        x: 0,
        y: y + style.size * 0.7,
        line,
        style,
        colour,
        markColour: theme.quiet,
      });
    y += style.size * 1.4;
  };
  write(
    `layer ${sae.layer} · feature ${sae.feature} · ${parameters.weights}  ${readable(model.id)}`,
    TITLE,
    theme.ink,
  );
  write(`speaks best at ${formatLength(chosen.relative)} × the mean token distance`, BEST, theme.end);
  const details = [
    `mean token distance ${formatLength(meanTokenDistance)}`,
    `centroid ${parameters.centroid ? 'on' : 'off'}`,
    ...(parameters.pca === 0 ? [] : [`PCA ${formatLength(parameters.pca)}`]),
    readable(sae.hook),
    readable(sae.release),
    `prompt: ${readable(parameters.prompt)}`,
  ];
  write(details.join('   '), DETAIL, theme.quiet);
  return { width, height: y, items };
}
