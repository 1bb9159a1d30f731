/** Which words of a tree are drawn: the likeliest ends, at most so many, best first; the rest is counted. Pure. */
import { notFollowed, type WordNode } from './words.js';

/** Words that follow each other without a branch, as one label. */
export interface Run {
  /** Empty at the root. */
  words: WordNode[];
  /** Probability where the run begins and where it ends. */
  first: number;
  last: number;
  generic: boolean;
  connector: boolean;
  /** A run without children is a leaf; its definition may go on, which is not drawn. */
  children: Run[];
  /** Set where a leaf stands for something else than words. */
  stands?: { for: 'end' } | { for: 'more'; words: number };
  /** Whether a leaf is unfinished. */
  open: boolean;
  /** What follows and is neither in the children nor counted by them. */
  missing: number;
}

/** Weaker words are part of what is missing, rather than counted. */
const COUNTED = 3e-3;

export interface DrawnRuns {
  root: Run;
  /** Leaves, and what counts others. */
  rows: number;
  /** Smallest probability of a leaf. */
  weakest: number;
}

/** Of the weight of a definition that ended: what was not followed says less. */
const UNFINISHED = 0.5;

/** Where a definition ends, or was followed no further. */
export interface Tip {
  node: WordNode;
  above: Step | undefined;
  /** By which it is ranked. */
  mass: number;
}

interface Step {
  node: WordNode;
  above: Step | undefined;
}

/** The tips of a tree of words, strongest first. */
export function rankedTips(root: WordNode): Tip[] {
  const tips: Tip[] = [];
  const stack: Step[] = root.children.map((node) => ({ node, above: undefined }));
  while (stack.length > 0) {
    const step = stack.pop()!;
    const { node } = step;
    if (node.ended > 0) tips.push({ ...step, mass: node.ended });
    else if (node.children.length === 0) tips.push({ ...step, mass: UNFINISHED * notFollowed(node) });
    for (const child of node.children) stack.push({ node: child, above: step });
  }
  return tips.sort((a, b) => b.mass - a.mass);
}

/** @param tips to draw, strongest first */
export function drawnRuns(root: WordNode, tips: readonly Tip[]): DrawnRuns {
  const best = new Map<WordNode, number>();
  // The strongest come first, so that what is known already is no weaker.
  for (const { mass, ...tip } of tips)
    for (let step: Step | undefined = tip; step && !best.has(step.node); step = step.above)
      best.set(step.node, mass);
  const ends = new Set(tips.filter(({ node }) => node.ended > 0).map(({ node }) => node));
  const top = runOf([root]);
  const waiting = [top];
  while (waiting.length > 0) {
    const run = waiting.pop()!;
    grow(run, run === top, best, ends);
    waiting.push(...run.children.filter(({ stands }) => stands === undefined));
  }
  top.words = [];
  return { root: top, rows: rowsOf(top), weakest: tips.at(-1)?.mass ?? 0 };
}

/** Takes words into a run as long as nothing branches off, and finds what follows it. */
function grow(
  run: Run,
  isRoot: boolean,
  best: ReadonlyMap<WordNode, number>,
  ends: ReadonlySet<WordNode>,
): void {
  for (;;) {
    const node = run.words.at(-1)!;
    const drawn = drawnBelow(node, best, ends);
    const [only] = drawn;
    if (!isRoot && only && drawn.length === 1 && !only.stands && only.generic === node.generic) {
      run.words.push(...only.words);
      continue;
    }
    // An end that stands alone needs no row of its own: the run is the definition.
    const isEnd = drawn.length === 1 && only!.stands?.for === 'end';
    run.last = isEnd ? node.ended : node.cumulative;
    run.open = drawn.length === 0 && node.ended === 0;
    run.children = isEnd ? [] : drawn;
    const shown = run.children.reduce((sum, child) => sum + child.first, 0);
    run.missing = run.children.length === 0 ? 0 : Math.max(0, run.last - shown);
    return;
  }
}

/** What follows a word in the picture, best first: words, its end, and a count of the others. */
function drawnBelow(node: WordNode, best: ReadonlyMap<WordNode, number>, ends: ReadonlySet<WordNode>): Run[] {
  const words = node.children.filter((child) => best.has(child));
  const others = node.children.filter((child) => !best.has(child));
  const ranked = words.map((child) => ({ run: runOf([child]), rank: best.get(child)! }));
  if (ends.has(node)) ranked.push({ run: standing(node.ended, { for: 'end' }), rank: node.ended });
  ranked.sort((a, b) => b.rank - a.rank);
  const mass = others.reduce((sum, { cumulative }) => sum + cumulative, ends.has(node) ? 0 : node.ended);
  const rows = ranked.map(({ run }) => run);
  if (rows.length > 0 && mass >= COUNTED && others.length > 0)
    rows.push(standing(mass, { for: 'more', words: others.length }));
  return rows;
}

function rowsOf(root: Run): number {
  let rows = 0;
  for (const stack = [root]; stack.length > 0; ) {
    const { children } = stack.pop()!;
    if (children.length === 0) rows++;
    stack.push(...children);
  }
  return rows;
}

function runOf(words: WordNode[]): Run {
  const { cumulative, generic, connector } = words[0]!;
  return {
    words,
    first: cumulative,
    last: cumulative,
    generic,
    connector,
    children: [],
    open: false,
    missing: 0,
  };
}

function standing(mass: number, stands: NonNullable<Run['stands']>): Run {
  return {
    words: [],
    first: mass,
    last: mass,
    generic: false,
    connector: stands.for === 'more',
    children: [],
    stands,
    open: false,
    missing: 0,
  };
}
