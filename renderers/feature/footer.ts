/** All that is about the program rather than the feature, in small type, and the key to the marks that are there. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import {
  counted,
  formatCount,
  formatCutoff,
  formatLength,
  formatProbability,
} from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { keyPanel } from '../panels/key.js';
import type { Pen } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { holdWords } from '../text/holdWords.js';
import { settingWords, unitWords } from '../text/settingWords.js';
import type { FittedTree } from '../tree/fit.js';

const MOST_LINES = 4;
/** Where it is more, the picture is shorter at another place. */
export const FOOTER = { size: 0.36, height: 0.36 * 1.45 * MOST_LINES }; // of the unit

const MARKS: readonly [string, string][] = [
  ['‿', 'continues the word before'],
  ['·', 'space'],
  ['⏎', 'newline'],
  ['␍', 'carriage return'],
  ['⇥', 'tab'],
  ['∅', 'empty'],
  ['U+', 'a character without a shape'],
];

/** @param above the other parts of the picture, whose marks are explained */
export function footerPanel(
  report: FeatureReport,
  fitted: FittedTree,
  above: readonly Panel[],
  pen: Pen,
  width: number,
): Panel {
  const sentences = [...details(report), ...treeDetails(report, fitted), ...key(report, fitted, above)];
  return keyPanel(sentences, pen, width, Math.round(pen.unit * FOOTER.size), MOST_LINES);
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
    `prompt ${readable(parameters.prompt)}`,
  ];
}

function treeDetails(report: FeatureReport, fitted: FittedTree): string[] {
  const { tree, parameters } = report;
  return [
    `cutoff ${formatCutoff(parameters.cutoff)}`,
    ...(tree.complete ? [] : [`exact for cutoff ${formatCutoff(tree.cutoff)}: a budget ended growth`]),
    fitted.hiddenNodes > 0
      ? `${formatCount(fitted.drawnNodes)} of ${counted(fitted.drawnNodes + fitted.hiddenNodes, 'node')} drawn, trim ${formatCutoff(fitted.trim)}`
      : counted(fitted.drawnNodes, 'node'),
    ...prunedDetail(report),
  ];
}

/** How many generic branches are hidden or muted, and their share of the probability. */
function prunedDetail({ tree: { pruned } }: FeatureReport): string[] {
  if (!pruned || pruned.branches === 0) return [];
  const share = formatProbability(pruned.probability);
  const what = pruned.branches === 1 ? 'generic branch' : 'generic branches';
  return [`${formatCount(pruned.branches)} ${what} ${pruned.hidden ? 'hidden' : 'in grey'} (${share})`];
}

function key(
  { tree: { pruned } }: FeatureReport,
  { drawnNodes }: FittedTree,
  above: readonly Panel[],
): string[] {
  const marks = above
    .flatMap(({ items }) => items)
    .flatMap((item) => (item.kind === 'text' ? item.line.runs.filter(({ mark }) => mark) : []))
    .map(({ text }) => text)
    .join('');
  return [
    ...(drawnNodes > 0
      ? [
          'In the tree: cumulative probabilities, thicker is likelier, blue the strongest definitions, ● closes.',
        ]
      : []),
    ...(pruned && drawnNodes > 0
      ? [pruned.hidden ? 'Grey words: any ghost says them.' : 'Grey: any ghost says it.']
      : []),
    ...MARKS.filter(([mark]) => marks.includes(mark)).map(([mark, meaning]) => `${mark} ${meaning}`),
  ];
}
