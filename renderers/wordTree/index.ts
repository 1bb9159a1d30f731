/** The word tree: what the model says, word by word, as bands whose heights are probabilities; the token list below. */
import type { DefinitionTree, FeatureReport, TreeNode } from '../../src/core/report/feature.js';
import { formatCutoff } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { swatchItems } from '../feature/type.js';
import { headPanel } from '../panels/head.js';
import { keyPanel } from '../panels/key.js';
import { tokenStrip } from '../panels/tokenStrip.js';
import { stacked } from '../sheet/arrange.js';
import type { Pen } from '../sheet/pen.js';
import { words } from '../sheet/pen.js';
import type { Item, Panel, Scene } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { holdWords } from '../text/holdWords.js';
import { settingWords } from '../text/settingWords.js';
import { nearTokens } from '../text/trueTokens.js';
import {
  BAND_PERCENT,
  bandHeight,
  LABEL_PITCH,
  layoutWords,
  type PlacedRun,
  type WordLayout,
} from './layout.js';
import { drawnRuns, rankedTips } from './rows.js';
import { wordTree } from './words.js';

/** Most leaves; fewer where the picture would be larger than that, in pixels. */
const LEAVES = 25;
const ROOM = { width: 2_600, height: 1_400, rows: 27 };
const LEAST_WIDTH = 1_420;
const MARGIN = 40;
const GAP = 26;
const SMALL = 24;
const TOKENS = 20;

export interface WordScene {
  scene: Scene;
  /** Smallest probability of a leaf that is drawn. */
  weakest: number;
}

export function wordScene(report: FeatureReport, trim: number, pen: Pen): WordScene {
  const { root, candidates } = report.tree;
  const isEmpty = root.children.length === 0;
  const grown = isEmpty ? { ...root, children: candidates.map(firstToken) } : root;
  const tree = wordTree(grown);
  const tips = rankedTips(tree);
  const strong = tips.filter(({ mass }) => mass >= trim);
  // Where nothing reaches what is drawn by default, what is weaker tells more than nothing.
  const shown = strong.length > 0 ? strong : tips;
  for (let leaves = Math.min(LEAVES, shown.length); ; leaves--) {
    const { root: runs, rows, weakest } = drawnRuns(tree, shown.slice(0, leaves));
    const layout = layoutWords(runs, pen.ruler);
    const fits = layout.width <= ROOM.width && layout.height <= ROOM.height && rows <= ROOM.rows;
    if (fits || leaves <= 1) return { scene: sceneOf(report, layout, pen), weakest };
  }
}

function firstToken({ tokenId, token, probability }: DefinitionTree['candidates'][number]): TreeNode {
  return { tokenId, token, probability, cumulative: probability, end: false, children: [] };
}

function sceneOf(report: FeatureReport, layout: WordLayout, pen: Pen): Scene {
  const { theme } = pen;
  const { sae, model, parameters } = report;
  const width = Math.max(LEAST_WIDTH, Math.ceil(layout.width));
  const head = headPanel(
    {
      title: `layer ${sae.layer} · feature ${sae.feature}`,
      model,
      command: 'word tree',
      details: [
        `${parameters.weights} vector`,
        settingWords(parameters),
        ...(report.held ? [holdWords(report.held)] : []),
      ],
    },
    { ...pen, unit: 46 },
    width,
  );
  const list = tokenStrip(nearTokens(report, TOKENS), pen, width, { size: 32, mostLines: 3, small: SMALL });
  const nearness = report.hybrid ? [] : [list];
  const panel = stacked(
    [head, treePanel(layout, theme), legendPanel(layout, pen, width), ...nearness, keyOf(report, pen, width)],
    GAP,
  );
  return {
    width: width + 2 * MARGIN,
    height: Math.ceil(panel.height + 1.7 * MARGIN),
    background: theme.background,
    exactColours: Object.values(theme),
    panels: [{ x: MARGIN, y: MARGIN, panel }],
  };
}

function treePanel({ runs, width, height }: WordLayout, theme: Theme): Panel {
  const items: Item[] = [];
  for (const placed of runs) items.push(...bandItems(placed, theme));
  for (const placed of runs) items.push(...labelItems(placed, theme));
  return { width, height, items };
}

/** A run's band from its parent's edge, and what is missing after it. */
function bandItems({ run, parent, left, middle, leaves, width }: PlacedRun, theme: Theme): Item[] {
  const items: Item[] = [];
  const colour = run.connector || run.generic ? theme.branch : theme.accent;
  if (!parent) {
    const high = bandHeight(1);
    const known = bandHeight(1 - run.missing);
    const top = middle - high / 2;
    items.push({ kind: 'box', x: left, y: top, width, height: known, radius: 0, fill: theme.accent });
  } else {
    const x0 = parent.left + parent.width;
    const first = Math.max(1, bandHeight(run.first));
    const last = Math.max(1, bandHeight(run.last));
    const y0 = edgeOf(parent) + leaves + bandHeight(run.first) / 2;
    const top = middle - first / 2;
    const x1 = left - 10;
    items.push({ kind: 'curve', x0, y0, x1, y1: middle, thickness: first, colour, dashed: false });
    // What was lost between the first word of a label and its last one.
    if (first - last > 3)
      items.push(
        {
          kind: 'box',
          x: x1 - 14,
          y: top + last,
          width: 14,
          height: first - last,
          radius: 0,
          fill: theme.background,
        },
        { kind: 'hatch', x: x1 - 14, y: top + last, width: 14, height: first - last, colour: theme.branch },
      );
  }
  const missing = bandHeight(run.missing);
  if (missing > 2)
    items.push({
      kind: 'hatch',
      x: left + (parent ? width : 0),
      y: edgeOf({ run, middle }) + bandHeight(run.last - run.missing),
      width: parent ? 22 : width,
      height: missing,
      colour: theme.branch,
    });
  return items;
}

/** Upper end of the edge from which the bands of a run's children leave. */
function edgeOf({ run, middle }: Pick<PlacedRun, 'run' | 'middle'>): number {
  return middle - bandHeight(run.last) / 2;
}

function labelItems(placed: PlacedRun, theme: Theme): Item[] {
  const { run, parent, left, middle, style, lines, number, numberStyle, numberWidth } = placed;
  if (!parent) return [];
  const pitch = style.size * LABEL_PITCH;
  const first = middle - ((lines.length - 1) * pitch) / 2;
  const isQuiet = run.generic || run.stands !== undefined;
  const colour = isQuiet ? theme.quiet : theme.ink;
  const place = { kind: 'text', markColour: theme.quiet } as const;
  return [
    {
      ...place,
      x: left,
      y: first,
      line: number,
      style: numberStyle,
      colour: isQuiet ? theme.quiet : theme.accent,
    },
    ...lines.map(
      (line, at): Item => ({ ...place, x: left + numberWidth, y: first + at * pitch, line, style, colour }),
    ),
  ];
}

/** What bands, hatching and counts mean. */
function legendPanel({ runs }: WordLayout, pen: Pen, width: number): Panel {
  const { theme } = pen;
  const y = SMALL * 0.8;
  const items: Item[] = [];
  let x = 0;
  const put = (look: { fill: string; hatched?: boolean }, text: string) => {
    const { items: put, end } = swatchItems(look, text, { x, y, size: SMALL, width }, pen);
    items.push(...put);
    x = end + SMALL;
  };
  put({ fill: theme.accent }, `1% = ${BAND_PERCENT} px`);
  put({ fill: theme.branch, hatched: true }, `not followed, or weaker than all that is shown`);
  if (runs.some(({ run }) => run.stands?.for === 'more' || run.generic))
    put({ fill: theme.branch }, 'further words, or any vector');
  items.push(
    words('…  unfinished', { x, y, size: SMALL, colour: theme.quiet, width: Math.max(0, width - x) }, pen),
  );
  return { width, height: SMALL * 1.6, items };
}

function keyOf({ parameters, tree, sae, model }: FeatureReport, pen: Pen, width: number): Panel {
  const sentences = [
    'Bars at tokens: cosine, 0 to 1.',
    `prompt ${readable(parameters.prompt)}`,
    `cutoff ${formatCutoff(tree.cutoff)}${tree.complete ? '' : ' (a budget ended growth)'}`,
    `${readable(sae.hook)}`,
    `${readable(sae.release)}`,
    `${readable(model.dtype)}`,
    'Grey words: any vector.',
  ];
  return keyPanel(sentences, pen, width, 22, 3);
}
