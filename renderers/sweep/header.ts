/** The head of a sweep's picture: the feature and its best scale. */
import type { SweepReport } from '../../src/core/report/sweep.js';
import { formatFactor, formatLength } from '../../src/text/numbers.js';
import { headPanel } from '../panels/head.js';
import { stacked } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';

export function sweepHeader(report: SweepReport, pen: Pen, width: number): Panel {
  const { model, sae, parameters, chosen, meanTokenDistance } = report;
  const details = [
    `mean token distance ${formatLength(meanTokenDistance)}`,
    `centroid ${parameters.centroid ? 'on' : 'off'}`,
    ...(parameters.pca === 0 ? [] : [`PCA ${formatLength(parameters.pca)}`]),
    sae.hook,
    sae.release,
    `prompt: ${parameters.prompt}`,
  ];
  const title = `layer ${sae.layer} · feature ${sae.feature} · ${parameters.weights}`;
  const size = pen.unit * 0.85;
  const best = words(
    `speaks best at ${formatFactor(chosen.relative)} × the mean token distance`,
    { x: 0, y: size * 0.7, size, bold: true, width },
    pen,
  );
  const sentence = { width, height: size * 1.4, items: [best] };
  return stacked([headPanel({ title, model, command: 'sweep', details }, pen, width), sentence], 0);
}
