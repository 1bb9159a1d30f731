/** The head of a picture: what was asked, in large type, and how it was grown, in small type. */

import type { FeatureReport } from '../../src/core/report/feature.js';
import {
  counted,
  formatCount,
  formatCutoff,
  formatLength,
  formatProbability,
} from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { measureWords, type Ruler, wrap } from '../sheet/typeset.js';
import { holdWords } from '../text/holdWords.js';
import { settingWords, unitWords } from '../text/settingWords.js';
import type { FittedTree } from '../tree/fit.js';

const DETAIL_SIZE = 19;

/** @param unit the picture's large type in pixels */
export function headerPanel(
  report: FeatureReport,
  fitted: FittedTree,
  theme: Theme,
  ruler: Ruler,
  width: number,
  unit: number,
): Panel {
  const items: Item[] = [];
  const colours = { colour: theme.ink, markColour: theme.quiet };
  const title = { size: Math.round(unit * 0.9), bold: true };
  const { model, sae, held: hold } = report;
  const holding = hold ? ` · ${hold.by} ${formatLength(hold.strength)}` : '';
  const words = `layer ${sae.layer} · feature ${sae.feature}${holding}`;
  const [line] = wrap(
    [[{ text: words, mark: false }], [{ text: `  ${readable(model.id)}`, mark: true }]],
    title,
    ruler,
    width,
    1,
  );
  if (line) items.push({ kind: 'text', x: 0, y: title.size * 0.7, line, style: title, ...colours });
  const style = { size: DETAIL_SIZE, bold: false };
  const chunks = [...details(report), ...treeDetails(report, fitted)].map((text, index) => [
    { text: index === 0 ? text : `   ${text}`, mark: false },
  ]);
  let y = title.size * 1.5 + DETAIL_SIZE * 0.5;
  for (const detail of wrap(chunks, style, ruler, width, 4)) {
    items.push({ kind: 'text', x: 0, y, line: detail, style, colour: theme.quiet, markColour: theme.quiet });
    y += DETAIL_SIZE * 1.45;
  }
  const prompt = measureWords(`prompt: ${readable(report.parameters.prompt)}`, style, ruler);
  const [promptLine] = wrap([prompt.runs.map(({ text, mark }) => ({ text, mark }))], style, ruler, width, 1);
  if (promptLine)
    items.push({
      kind: 'text',
      x: 0,
      y,
      line: promptLine,
      style,
      colour: theme.quiet,
      markColour: theme.quiet,
    });
  return { width, height: y + DETAIL_SIZE * 0.8, items };
}

function details({ parameters, ghost, held: hold, sae, model }: FeatureReport): string[] {
  return [
    `${parameters.weights} weights`,
    `ghost ${settingWords(parameters)}`,
    unitWords(parameters, ghost),
    ...(hold ? [holdWords(hold)] : []),
    `centroid ${parameters.centroid ? 'on' : 'off'}`,
    ...(parameters.pca === 0 ? [] : [`PCA ${formatLength(parameters.pca)}`]),
    `m ${formatLength(parameters.m)}`,
    `${readable(sae.hook)}`,
    `${readable(sae.release)}`,
    `${readable(model.dtype)}`,
  ];
}

/** How many generic branches are hidden or muted, and their share of the probability. */
function prunedDetail({ tree: { pruned } }: FeatureReport): string[] {
  if (!pruned || pruned.branches === 0) return [];
  const share = formatProbability(pruned.probability);
  const what = pruned.branches === 1 ? 'generic branch' : 'generic branches';
  return [`${formatCount(pruned.branches)} ${what} ${pruned.hidden ? 'hidden' : 'in grey'} (${share})`];
}

function treeDetails(report: FeatureReport, fitted: FittedTree): string[] {
  const { tree, parameters } = report;
  const raised = fitted.hiddenNodes > 0 && fitted.trim > parameters.trim;
  return [
    `cutoff ${formatCutoff(parameters.cutoff)}`,
    ...(tree.complete ? [] : [`exact for cutoff ${formatCutoff(tree.cutoff)}: a budget ended growth`]),
    fitted.hiddenNodes > 0
      ? `${formatCount(fitted.drawnNodes)} of ${counted(fitted.drawnNodes + fitted.hiddenNodes, 'node')} drawn, trim ${formatCutoff(fitted.trim)}${raised ? ` (raised from ${formatCutoff(parameters.trim)} to fit)` : ''}`
      : counted(fitted.drawnNodes, 'node'),
    ...prunedDetail(report),
  ];
}
