import TinyQueue from 'tinyqueue';
import type { PromptTokens } from '../../model/model.js';
import { type Batch, GHOST, type KeyValues, type LanguageModel } from '../../model/ports.js';
import type { DefinitionTree, TreeNode } from '../../report/feature.js';
import { sequenceRows } from '../ghost/sequence.js';
import { exactLevel, type GrowingNode, markGeneric, settleLevels, toTreeNode } from './growing.js';
import type { Pruning } from './pruning.js';

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
  /** Rows per batch. More is faster per node, and a cancel takes longer. */
  batch: number;
  /** Tells generic branches from particular ones. */
  pruning?: Pruning | undefined;
  /** Whether generic branches are left out instead of marked. */
  hide?: boolean | undefined;
}

export interface TreeProgress {
  /** Nodes known so far. */
  nodes: number;
  /** Probability mass that no further step can change: 1 minus the mass of nodes still to be continued. */
  settled: number;
  /** Length in tokens of the longest definition so far. */
  depth: number;
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
 * With `pruning` and `hide` the tree keeps of these nodes the particular ones and what leads to them. The node budget
 * counts what is kept, and the tree is exact for its cutoff in the same sense: of the nodes above the cutoff it holds
 * those that are particular and those that lead to a particular one.
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
  root.standing = options.pruning?.root;
  const maximumDepth = Math.min(options.depth, model.contextLength - prompt.ids.length + 1);

  const { pruning } = options;
  const hidden = options.hide ? pruning : undefined;
  const grown: GrowingNode[] = [];
  const frontier = new TinyQueue<GrowingNode>([], (a, b) => b.cumulative - a.cumulative);
  const strongest = new LargestValues(options.nodes);
  // Below the weakest of the `nodes` strongest nodes nothing can enter the tree any more.
  const threshold = () => Math.max(options.cutoff, strongest.smallest);
  let waiting = 0;
  let dropped = false;
  let deepest = 0;

  /** Puts a node into the tree, and those above it, which belong there at cutoffs up to its probability. */
  const keep = (added: GrowingNode) => {
    for (let node: GrowingNode | null = added; node?.parent && node.level === 0; node = node.parent) {
      node.level = added.cumulative;
      strongest.add(node.level);
    }
  };
  const addChildren = (parent: GrowingNode, candidates: { tokenId: number; probability: number }[]) => {
    for (const { tokenId, probability } of candidates.slice(0, options.top)) {
      const cumulative = parent.cumulative * probability;
      if (cumulative < threshold()) {
        dropped ||= cumulative >= options.cutoff;
        break;
      }
      const standing = pruning?.below(parent.standing!, tokenId, probability, cumulative);
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
        standing,
        level: 0,
        generic: false,
      };
      parent.children.push(child);
      grown.push(child);
      if (!hidden || standing!.particular) keep(child);
      deepest = Math.max(deepest, depth);
      if (end || depth >= maximumDepth || hidden?.isSettled(standing!)) continue;
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
    await onProgress({ nodes: grown.length, settled: Math.min(1, Math.max(0, 1 - waiting)), depth: deepest });
  }

  const unfinished = frontier.length > 0 ? frontier.peek()!.cumulative : 0;
  settleLevels(grown);
  const level = exactLevel(grown, options, unfinished, dropped);
  const cutoff = level.complete ? options.cutoff : level.cutoff;
  return {
    ...level,
    candidates: next.slice(0, CANDIDATES).map((candidate) => ({ ...candidate, token: '' })),
    ...(pruning && { pruned: { ...markGeneric(grown, cutoff), hidden: hidden !== undefined } }),
    root: toTreeNode(root, cutoff),
  };
}

/** Runs the prompt, keeps its keys and values as the slots that all nodes share, and reads the first tokens. */
async function readPrompt(
  model: LanguageModel,
  store: KeyValues,
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
    standing: undefined,
    level: 1,
    generic: false,
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
