import TinyQueue from 'tinyqueue';
import type { DefinitionTree, TreeNode } from '../report.js';
import { type Batch, GHOST, type LanguageModel, type Store } from './ports.js';
import type { PromptTokens } from './prompt.js';
import { sequenceRows } from './sequence.js';

export interface TreeOptions {
  /** Children looked at per node. */
  top: number;
  /** Smallest cumulative probability grown. */
  cutoff: number;
  /** Longest definition in tokens. */
  depth: number;
  /** Most nodes; beyond it the tree is that of a higher cutoff. */
  nodes: number;
  /** Asked before every batch: whether to stop here, with the tree of a higher cutoff. */
  outOfTime: () => boolean;
  /** Rows per batch. More is faster per node and longer until a cancel is heard. */
  batch: number;
}

export interface TreeProgress {
  /** Nodes known so far. */
  nodes: number;
  /** Probability mass that no further step can change: 1 minus the mass of nodes still to be continued. */
  settled: number;
  /** Length in tokens of the longest definition so far. */
  depth: number;
}

/** A node while the tree grows. */
interface GrowingNode {
  parent: GrowingNode | null;
  tokenId: number;
  probability: number;
  cumulative: number;
  depth: number;
  end: boolean;
  children: GrowingNode[];
  /** Slot of this position in the store, -1 when it has none. */
  slot: number;
  /** Children whose subtrees still grow; the slot is needed while there are any. */
  growing: number;
}

/** How many first tokens a report names when nothing reaches the cutoff. */
const CANDIDATES = 5;

/**
 * Grows the definition tree of a ghost token.
 *
 * A child with probability p under a node of cumulative probability c belongs to the tree when it is among the
 * node's `top` most probable tokens and c * p >= `cutoff`; a child that closes the definition ends there.
 * Nodes are continued most probable first, in batches over shared keys and values. That order makes growth
 * anytime: since no descendant is more probable than its ancestor, all nodes above the most probable one still
 * waiting are known, and stopping leaves exactly the tree of that higher cutoff.
 *
 * @param ghost input embedding of the ghost token [hiddenSize]
 * @param onProgress called after every batch; may throw to stop the growth
 */
export async function growTree(
  model: LanguageModel,
  prompt: PromptTokens,
  ghost: Float32Array,
  options: TreeOptions,
  onProgress: (progress: TreeProgress) => void | Promise<void> = () => {},
): Promise<DefinitionTree & { root: TreeNode }> {
  const store = model.createStore();
  const { root, next, shared } = await readPrompt(
    model,
    store,
    prompt,
    ghost,
    Math.max(options.top, CANDIDATES),
  );
  const maximumDepth = Math.min(options.depth, model.contextLength - prompt.ids.length + 1);

  const known: GrowingNode[] = [];
  const frontier = new TinyQueue<GrowingNode>([], (a, b) => b.cumulative - a.cumulative);
  const strongest = new LargestValues(options.nodes);
  // Below the weakest of the `nodes` strongest nodes nothing can enter the tree any more.
  const threshold = () => Math.max(options.cutoff, strongest.smallest);
  let waiting = 0;
  let dropped = false;
  let deepest = 0;

  const addChildren = (parent: GrowingNode, candidates: { tokenId: number; probability: number }[]) => {
    for (const { tokenId, probability } of candidates.slice(0, options.top)) {
      const cumulative = parent.cumulative * probability;
      if (cumulative < threshold()) {
        dropped ||= cumulative >= options.cutoff;
        break;
      }
      const depth = parent.depth + 1;
      const end = prompt.closes(tokenId);
      const child: GrowingNode = {
        parent,
        tokenId,
        probability,
        cumulative,
        depth,
        end,
        children: [],
        slot: -1,
        growing: 0,
      };
      parent.children.push(child);
      known.push(child);
      strongest.add(cumulative);
      deepest = Math.max(deepest, depth);
      if (end || depth >= maximumDepth) continue;
      parent.growing++;
      waiting += cumulative;
      frontier.push(child);
    }
  };
  const release = (finished: GrowingNode) => {
    for (let node: GrowingNode | null = finished; node && node.growing === 0; node = node.parent) {
      if (node.slot >= 0) store.release(node.slot);
      node.slot = -1;
      if (node.parent) node.parent.growing--;
    }
  };

  addChildren(root, next);
  while (frontier.length > 0 && frontier.peek()!.cumulative >= threshold() && !options.outOfTime()) {
    const nodes: GrowingNode[] = [];
    while (
      nodes.length < options.batch &&
      frontier.length > 0 &&
      frontier.peek()!.cumulative >= threshold()
    ) {
      nodes.push(frontier.pop()!);
    }
    const result = await model.forward(continuation(nodes, prompt, ghost, shared, options.top), store);
    nodes.forEach((node, i) => {
      waiting -= node.cumulative;
      addChildren(node, result.next(i));
      if (node.growing > 0) node.slot = result.keep(i);
      else release(node);
    });
    await onProgress({ nodes: known.length, settled: Math.min(1, Math.max(0, 1 - waiting)), depth: deepest });
  }

  const unfinished = frontier.length > 0 ? frontier.peek()!.cumulative : 0;
  const level = exactLevel(known, options, unfinished, dropped);
  return {
    ...level,
    candidates: next.slice(0, CANDIDATES).map((candidate) => ({ ...candidate, token: '' })),
    root: toTreeNode(root, level.complete ? 0 : level.cutoff),
  };
}

/** Runs the prompt, keeps its keys and values as the slots that all nodes share, and reads the first tokens. */
async function readPrompt(
  model: LanguageModel,
  store: Store,
  prompt: PromptTokens,
  ghost: Float32Array,
  top: number,
) {
  const last = prompt.ids.length - 1;
  const rows = sequenceRows(prompt.ids);
  const result = await model.forward({ rows, ghosts: [ghost], shared: [], selected: [last], top }, store);
  const root: GrowingNode = {
    parent: null,
    tokenId: GHOST,
    probability: 1,
    cumulative: 1,
    depth: 0,
    end: false,
    children: [],
    slot: -1,
    growing: 0,
  };
  return { root, next: result.next(0), shared: rows.map((_, row) => result.keep(row)) };
}

/** The batch that reads what follows each of `nodes`. */
function continuation(
  nodes: readonly GrowingNode[],
  prompt: PromptTokens,
  ghost: Float32Array,
  shared: readonly number[],
  top: number,
): Batch {
  const rows = nodes.map((node) => {
    const ancestors: number[] = [];
    for (let above = node.parent; above && above.slot >= 0; above = above.parent) ancestors.push(above.slot);
    return { token: node.tokenId, position: prompt.ids.length + node.depth - 1, ancestors, peers: [] };
  });
  return { rows, ghosts: [ghost], shared, selected: rows.map((_, row) => row), top };
}

/**
 * The largest level set {cumulative >= cutoff} of at most `nodes` nodes that is known completely.
 *
 * @param unfinished cumulative probability of the strongest node that was not continued, 0 when there is none
 * @param dropped whether nodes at or above the wanted cutoff were left out because `nodes` stronger ones exist
 */
function exactLevel(
  known: readonly GrowingNode[],
  options: TreeOptions,
  unfinished: number,
  dropped: boolean,
): { nodes: number; complete: boolean; cutoff: number } {
  const sorted = known.map((node) => node.cumulative).sort((a, b) => b - a);
  // Children of a node that was not continued may be as probable as the node itself.
  let count = sorted.filter((cumulative) => cumulative > unfinished).length;
  count = Math.min(count, options.nodes);
  // Equal nodes stay out together, or the set would be of no cutoff.
  if (count < sorted.length) while (count > 0 && sorted[count - 1] === sorted[count]) count--;
  const complete = !dropped && unfinished === 0 && count === sorted.length;
  return { nodes: count, complete, cutoff: complete ? options.cutoff : (sorted[count - 1] ?? 1) };
}

/** Plain data of the nodes at or above `cutoff`. */
function toTreeNode(node: GrowingNode, cutoff: number): TreeNode {
  return {
    tokenId: node.tokenId === GHOST ? null : node.tokenId,
    token: '',
    probability: node.probability,
    cumulative: node.cumulative,
    end: node.end,
    children: node.children
      .filter((child) => child.cumulative >= cutoff)
      .map((child) => toTreeNode(child, cutoff)),
  };
}

/** Remembers the `capacity` largest values it was given. */
class LargestValues {
  private readonly heap = new TinyQueue<number>([], (a, b) => a - b);
  constructor(private readonly capacity: number) {}

  add(value: number): void {
    this.heap.push(value);
    if (this.heap.length > this.capacity) this.heap.pop();
  }

  /** The smallest of them, 0 while there is room for more. */
  get smallest(): number {
    return this.heap.length < this.capacity ? 0 : this.heap.peek()!;
  }
}
