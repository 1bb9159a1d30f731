/** Pictures of feature reports. The only folder that imports canvas, and only when something is drawn. */
import type { FeatureReport } from '../src/core/report/feature.js';
import { counted, formatCount, formatCutoff, formatProbability } from '../src/text/numbers.js';
import { readable } from '../src/text/readable.js';
import { branchesScene } from './branches/index.js';
import { paint } from './canvas/paint.js';
import { canvasRuler } from './canvas/ruler.js';
import { featureCard } from './feature/index.js';
import { LIMITS } from './sheet/limits.js';
import type { Scene } from './sheet/scene.js';
import { THEMES, type ThemeName } from './sheet/theme.js';
import { altText } from './text/alt.js';
import { strongestDefinitions } from './text/definitions.js';
import { type FittedTree, fitTree, type Room } from './tree/fit.js';
import { wordScene } from './wordTree/index.js';

export interface Picture {
  /** At most 8 MB. */
  png: Buffer;
  /** Pixels, at most 10 000. */
  width: number;
  /** Pixels, at most 10 000. */
  height: number;
  alt: string;
  /** What was painted, for other formats. */
  scene: Scene;
}

/** A picture of a tree. */
export interface TreePicture extends Picture {
  /** Smallest probability drawn; above the wanted one when the tree was too large. */
  trim: number;
  /** What a reader should know of the picture, as sentences: that the tree was trimmed, that it is empty. */
  notes: string[];
}

export interface DrawOptions {
  /** @default the report's theme */
  theme?: ThemeName;
}

/** Largest and smallest type of a whole tree's head, in pixels. */
const UNITS = { most: 90, least: 40 };

/**
 * Draws what is told at a glance: label, verdict, definitions, where it fires, tokens.
 *
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawCard(report: FeatureReport, options: DrawOptions = {}): Promise<Picture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = { theme, ruler: await canvasRuler(), unit: UNITS.least };
  return painted(featureCard(report, pen), altText(report));
}

/**
 * Draws what the model says, word by word: the likeliest 25 ends, or where nothing grew the likeliest first tokens.
 *
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawWordTree(report: FeatureReport, options: DrawOptions = {}): Promise<TreePicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = { theme, ruler: await canvasRuler(), unit: UNITS.least };
  const drawn = wordScene(report, report.parameters.trim, pen);
  const picture = await painted(drawn.scene, treeAlt(report));
  return { ...picture, trim: drawn.weakest, notes: treeNotes(report) };
}

/** A picture of a whole tree of tokens. */
export interface BranchesPicture extends TreePicture {
  drawnNodes: number;
  hiddenNodes: number;
}

/**
 * Draws the whole tree of tokens, a row for each leaf.
 *
 * @param trim smallest cumulative probability drawn; raised only when a PNG cannot hold the tree
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawBranches(
  report: FeatureReport,
  trim: number,
  options: DrawOptions = {},
): Promise<BranchesPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const ruler = await canvasRuler();
  let room: Room = { width: LIMITS.side - 200, height: LIMITS.side - 400, nodes: LIMITS.nodes };
  for (;;) {
    const fitted = await fitTree(report.tree.root, trim, room, ruler);
    await new Promise((resolve) => setImmediate(resolve));
    const unit = Math.min(UNITS.most, Math.max(UNITS.least, Math.round(fitted.layout.width / 50)));
    const scene = branchesScene(report, fitted, { theme, ruler, unit });
    if (fitted.drawnNodes > 0 && !isWithinLimits(scene)) {
      room = roomLeft(room, fitted, scene);
      continue;
    }
    const picture = await painted(scene, treeAlt(report));
    if (fitted.drawnNodes > 0 && picture.png.length > LIMITS.bytes) {
      room = shrunk(room, fitted);
      continue;
    }
    const { drawnNodes, hiddenNodes } = fitted;
    const notes = [...treeNotes(report), ...trimNotes(fitted, trim)];
    return { ...picture, drawnNodes, hiddenNodes, trim: fitted.trim, notes };
  }
}

async function painted(scene: Scene, alt: string): Promise<Picture> {
  return {
    png: await paint(scene),
    width: Math.ceil(scene.width),
    height: Math.ceil(scene.height),
    alt,
    scene,
  };
}

/** The tree in words: its likeliest definitions. */
function treeAlt({ model, sae, tree }: FeatureReport): string {
  const definitions = strongestDefinitions(tree.root, 5).map(
    ({ text, ended, probability }) =>
      `“${readable(text)}${ended ? '' : '…'}” (${formatProbability(probability)})`,
  );
  const what =
    definitions.length > 0 ? `the likeliest: ${definitions.join(', ')}` : 'nothing is likely enough to draw';
  return `What ${model.id} says of layer ${sae.layer}, feature ${sae.feature}, word by word; ${what}.`;
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

/** What a reader should know of how the tree grew. */
function treeNotes({ tree, parameters }: FeatureReport): string[] {
  return [
    ...(tree.root.children.length === 0
      ? [
          `No definition reaches the cutoff ${formatCutoff(tree.cutoff)}: the picture shows the likeliest first tokens.`,
        ]
      : []),
    ...(tree.complete
      ? []
      : [
          `A budget ended growth: the tree is exact for cutoff ${formatCutoff(tree.cutoff)} instead of ${formatCutoff(parameters.cutoff)}.`,
        ]),
  ];
}

function trimNotes({ drawnNodes, hiddenNodes, trim }: FittedTree, wanted: number): string[] {
  if (drawnNodes === 0 && hiddenNodes > 0)
    return [
      `No branch reaches the trim ${formatCutoff(trim)}: ${hiddenNodes === 1 ? 'the only node is' : `all ${counted(hiddenNodes, 'node')} are`} hidden.`,
    ];
  if (trim > wanted && hiddenNodes > 0)
    return [
      `The tree was too large to read: trim was raised from ${formatCutoff(wanted)} to ${formatCutoff(trim)}, ${formatCount(drawnNodes)} of ${counted(drawnNodes + hiddenNodes, 'node')} ${drawnNodes === 1 ? 'is' : 'are'} drawn.`,
    ];
  return [];
}
