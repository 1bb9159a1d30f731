/** The whole tree of tokens below its head: for study, where the card and the word tree show too little. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import {
  counted,
  formatCount,
  formatCutoff,
  formatLength,
  formatProbability,
} from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { headPanel } from '../panels/head.js';
import { keyPanel } from '../panels/key.js';
import { tokenStrip } from '../panels/tokenStrip.js';
import { featureLook, treePanel } from '../panels/tree.js';
import { stacked } from '../sheet/arrange.js';
import type { Pen } from '../sheet/pen.js';
import type { Panel, Scene } from '../sheet/scene.js';
import { strongestDefinitions } from '../text/definitions.js';
import { holdWords } from '../text/holdWords.js';
import { settingWords, unitWords } from '../text/settingWords.js';
import { nearTokens } from '../text/trueTokens.js';
import type { FittedTree } from '../tree/fit.js';

const MARGIN = 40;
const LEAST_WIDTH = 1_320;
/** Definitions whose branches stand out. */
const STRONGEST = 5;
const TOKENS = 100;
const KEY_LINES = 4;

const MARKS: readonly [string, string][] = [
  ['‿', 'continues the word before'],
  ['·', 'space'],
  ['⏎', 'newline'],
  ['␍', 'carriage return'],
  ['⇥', 'tab'],
  ['∅', 'empty'],
  ['U+', 'a character without a shape'],
];

export function branchesScene(report: FeatureReport, fitted: FittedTree, pen: Pen): Scene {
  const { theme, unit } = pen;
  const width = Math.max(LEAST_WIDTH, Math.ceil(fitted.layout.width));
  const { sae, model, parameters, tree } = report;
  const details = [`${parameters.weights} vector`, settingWords(parameters)];
  const head = headPanel(
    { title: `layer ${sae.layer} · feature ${sae.feature}`, model, command: 'all branches', details },
    pen,
    width,
  );
  const strongest = new Set(strongestDefinitions(tree.root, STRONGEST).flatMap(({ path }) => path));
  const size = Math.round(unit * 0.6);
  const list = tokenStrip(nearTokens(report, TOKENS), pen, width, { size, mostLines: 6, small: size });
  const parts = [
    head,
    ...(fitted.drawnNodes > 0 ? [treePanel(fitted.layout, featureLook(strongest, theme), theme)] : []),
    ...(report.hybrid || report.tokens.length === 0 ? [] : [list]),
  ];
  const key = keyPanel(
    sentences(report, fitted, parts),
    pen,
    width,
    Math.max(20, Math.round(unit * 0.4)),
    KEY_LINES,
  );
  const panel = stacked([...parts, key], unit * 0.6);
  return {
    width: width + 2 * MARGIN,
    height: Math.ceil(panel.height + 1.7 * MARGIN),
    background: theme.background,
    exactColours: Object.values(theme),
    panels: [{ x: MARGIN, y: MARGIN, panel }],
  };
}

/** How the tree grew, and the marks that are there. */
function sentences(
  report: FeatureReport,
  { drawnNodes, hiddenNodes, trim }: FittedTree,
  above: readonly Panel[],
): string[] {
  const { parameters, ghost, held, sae, model, tree } = report;
  const marks = above
    .flatMap(({ items }) => items)
    .flatMap((item) => (item.kind === 'text' ? item.line.runs.filter(({ mark }) => mark) : []))
    .map(({ text }) => text)
    .join('');
  return [
    'Numbers: probability of the words up to there, → from a label’s beginning to its end; thicker is likelier; blue: the strongest definitions.',
    ...(tree.pruned ? ['Grey words, dashed lines: any vector says them.'] : []),
    ...prunedDetail(report),
    `cutoff ${formatCutoff(parameters.cutoff)}${tree.complete ? '' : `, exact for ${formatCutoff(tree.cutoff)}: a budget ended growth`}`,
    hiddenNodes > 0
      ? `${formatCount(drawnNodes)} of ${counted(drawnNodes + hiddenNodes, 'node')} drawn, trim ${formatCutoff(trim)}`
      : counted(drawnNodes, 'node'),
    unitWords(parameters, ghost),
    ...(held ? [holdWords(held)] : []),
    `centroid ${parameters.centroid ? 'on' : 'off'}`,
    ...(parameters.pca === 0 ? [] : [`PCA ${formatLength(parameters.pca)}`]),
    `m ${formatLength(parameters.m)}`,
    readable(sae.hook),
    readable(sae.release),
    readable(model.dtype),
    `prompt ${readable(parameters.prompt)}`,
    ...MARKS.filter(([mark]) => marks.includes(mark)).map(([mark, meaning]) => `${mark} ${meaning}`),
  ];
}

/** How many branches are said of any vector, and their share of the probability. */
function prunedDetail({ tree: { pruned } }: FeatureReport): string[] {
  if (!pruned || pruned.branches === 0) return [];
  const share = formatProbability(pruned.probability);
  return [
    `${counted(pruned.branches, 'branch', 'branches')} of any vector ${pruned.hidden ? 'hidden' : 'in grey'} (${share})`,
  ];
}
