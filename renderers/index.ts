/** Pictures of feature reports. The only folder that imports canvas, and only when something is drawn. */
import type { FeatureReport } from '../src/core/report/feature.js';
import { counted, formatCount, formatCutoff } from '../src/text/numbers.js';
import { paint } from './canvas/paint.js';
import { canvasRuler } from './canvas/ruler.js';
import { compose, featureCard, SHEET, UNIT } from './feature/index.js';
import { LIMITS } from './sheet/limits.js';
import type { Pen } from './sheet/pen.js';
import type { Scene } from './sheet/scene.js';
import { THEMES } from './sheet/theme.js';
import { altText } from './text/alt.js';
import { type Definition, strongestDefinitions } from './text/definitions.js';
import { type FittedTree, fitTree, type Room } from './tree/fit.js';

export interface Picture {
  /** At most 8 MB. */
  png: Buffer;
  /** Pixels, at most 10 000. */
  width: number;
  /** Pixels, at most 10 000. */
  height: number;
  alt: string;
  drawnNodes: number;
  hiddenNodes: number;
  /** Smallest cumulative probability drawn; above the wanted one when the tree was too large. */
  trim: number;
  /** What a reader should know of the picture, as sentences: that the tree was trimmed, that it is empty. */
  notes: string[];
}

export interface DrawOptions {
  /** @default the report's theme */
  theme?: 'dark' | 'light';
  /**
   * Smallest cumulative probability drawn. Given here, it is raised only when a PNG cannot hold the tree; the
   * report's trim is also raised when the tree would be too large to read.
   * @default the report's trim
   */
  trim?: number;
}

const DEFINITIONS_SHOWN = 5;
/** Largest type of a card above a wide tree, in pixels. */
const MOST_UNIT = 90;

/**
 * Draws the card of one report and its definition tree: beside it in the shape that chats show well, or below it where a
 * trim is given at which the tree needs more room.
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawFeature(report: FeatureReport, options: DrawOptions = {}): Promise<Picture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const ruler = await canvasRuler();
  const { root } = report.tree;
  const definitions = strongestDefinitions(root, DEFINITIONS_SHOWN);
  const trim = options.trim ?? report.parameters.trim;
  const pen = { theme, ruler, unit: UNIT };
  const beside = featureCard(report, definitions, pen, true);
  const fitted = await fitTree(root, trim, { ...beside.room, nodes: LIMITS.nodes }, ruler);
  const isBeside = fitted.drawnNodes > 0 && (options.trim === undefined || fitted.trim <= trim);
  if (isBeside) {
    const scene = compose(report, beside, fitted, definitions, pen, true);
    return picture(report, fitted, scene, await paint(scene), trim);
  }
  return drawBelow(report, definitions, trim, { theme, ruler });
}

/** Card above tree: the type grows with the width that the tree needs. */
async function drawBelow(
  report: FeatureReport,
  definitions: readonly Definition[],
  trim: number,
  { theme, ruler }: Omit<Pen, 'unit'>,
): Promise<Picture> {
  let room: Room = { width: LIMITS.side - 200, height: LIMITS.side, nodes: LIMITS.nodes };
  for (;;) {
    const fitted = await fitTree(report.tree.root, trim, room, ruler);
    const unit = Math.min(MOST_UNIT, Math.max(UNIT, Math.round(fitted.layout.width / SHEET.width)));
    const pen = { theme, ruler, unit };
    const card = featureCard(report, definitions, pen, false);
    const scene = compose(report, card, fitted, definitions, pen, false);
    if (fitted.drawnNodes > 0 && !isWithinLimits(scene)) {
      room = roomLeft(room, fitted, scene);
      continue;
    }
    const png = await paint(scene);
    if (fitted.drawnNodes > 0 && png.length > LIMITS.bytes) {
      room = shrunk(room, fitted);
      continue;
    }
    return picture(report, fitted, scene, png, trim);
  }
}

function picture(
  report: FeatureReport,
  fitted: FittedTree,
  scene: Scene,
  png: Buffer,
  wantedTrim: number,
): Picture {
  return {
    png,
    width: Math.ceil(scene.width),
    height: Math.ceil(scene.height),
    alt: altText(report),
    drawnNodes: fitted.drawnNodes,
    hiddenNodes: fitted.hiddenNodes,
    trim: fitted.trim,
    notes: notes(report, fitted, wantedTrim),
  };
}

/** A smaller room for a tree whose picture came out too large: smaller by the excess, or by a step. */
function roomLeft(room: Room, fitted: FittedTree, scene: Scene): Room {
  const tooHigh = scene.height - LIMITS.side;
  const tooWide = scene.width - LIMITS.side;
  const { layout } = fitted;
  if (tooHigh > 0 && layout.height > tooHigh) return { ...room, height: layout.height - tooHigh };
  if (tooWide > 0 && layout.width > tooWide) return { ...room, width: layout.width - tooWide };
  return shrunk(room, fitted);
}

function shrunk(room: Room, { drawnNodes }: FittedTree): Room {
  const step = 0.85;
  return { width: room.width * step, height: room.height * step, nodes: Math.floor(drawnNodes * step) };
}

function isWithinLimits({ width, height }: Scene): boolean {
  return width <= LIMITS.side && height <= LIMITS.side && width * height <= LIMITS.area;
}

function notes(report: FeatureReport, fitted: FittedTree, wantedTrim: number): string[] {
  const { tree, parameters } = report;
  const names: string[] = [];
  if (tree.root.children.length === 0)
    names.push(
      `No definition reaches the cutoff ${formatCutoff(tree.cutoff)}: the picture shows the likeliest first tokens.`,
    );
  else if (fitted.drawnNodes === 0)
    names.push(
      `No branch reaches the trim ${formatCutoff(fitted.trim)}: ${fitted.hiddenNodes === 1 ? 'the only node is' : `all ${counted(fitted.hiddenNodes, 'node')} are`} hidden.`,
    );
  if (!tree.complete)
    names.push(
      `A budget ended growth: the tree is exact for cutoff ${formatCutoff(tree.cutoff)} instead of ${formatCutoff(parameters.cutoff)}.`,
    );
  if (fitted.trim > wantedTrim && fitted.hiddenNodes > 0)
    names.push(
      `The tree was too large to read: trim was raised from ${formatCutoff(wantedTrim)} to ${formatCutoff(fitted.trim)}, ${formatCount(fitted.drawnNodes)} of ${counted(fitted.drawnNodes + fitted.hiddenNodes, 'node')} ${fitted.drawnNodes === 1 ? 'is' : 'are'} drawn.`,
    );
  return names;
}
