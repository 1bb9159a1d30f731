import type { MeanTree, PromptTokens } from '../../model/model.js';
import { GHOST, type KeyValues, type LanguageModel, type Row } from '../../model/ports.js';
import { ghostRows } from '../ghost/rows.js';

export interface MeanTreeOptions {
  /** Children looked at per ghost and path. */
  top: number;
  /** Longest path in tokens. */
  depth: number;
  /** Smallest mean kept. */
  floor: number;
  /** Smallest probability of a path under one ghost at which what that ghost says next is still looked at. */
  followed: number;
  /** Rows per batch. */
  batch: number;
}

/** One ghost's part in a path. */
interface Share {
  ghost: number;
  probability: number;
  /** Slot of the path's last token, -1 before that is read. */
  slot: number;
  /** The same ghost's share of the path without its last token. */
  before: Share | null;
  next: readonly { tokenId: number; probability: number }[];
}

/** A path whose children are not known yet, or some of whose descendants are not. */
interface OpenPath {
  node: MeanTree;
  tokenId: number;
  depth: number;
  parent: OpenPath | null;
  shares: Share[];
  /** Children that are open. */
  growing: number;
}

/** Approximate share of the work that reading the prompts takes. */
const PROMPTS = 0.1;

/**
 * Grows the mean of the definition trees of many ghosts: with P_g(path) the cumulative probability of a path under
 * ghost g, 0 behind a path with P_g < `followed`,
 *
 *     mean(path) = 1/G sum_g P_g(path)
 *
 * of all paths with a mean of `floor` or more, which is never more than that of the path's beginning. All ghosts share
 * the batches: one tree after the other, each step would read the model's weights for the few rows of one ghost. Paths
 * are continued depth first, so that the store holds keys and values of few of them.
 *
 * @param ghosts input embeddings [hiddenSize each]
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 */
export async function growMeanTree(
  model: LanguageModel,
  prompt: PromptTokens,
  ghosts: readonly Float32Array[],
  options: MeanTreeOptions,
  onShare: (share: number) => void | Promise<void>,
): Promise<MeanTree> {
  const store = model.createStore();
  const maximumDepth = Math.min(options.depth, model.contextLength - prompt.ids.length + 1);
  const { shared, ghostSlots, shares } = await readPrompts(model, store, prompt, ghosts, options, (share) =>
    onShare(PROMPTS * share),
  );
  const root: OpenPath = {
    node: { probability: 1, children: new Map() },
    tokenId: GHOST,
    depth: 0,
    parent: null,
    shares,
    growing: 0,
  };
  const open: OpenPath[] = [];
  let waiting = 0;

  const addChildren = (path: OpenPath) => {
    const depth = path.depth + 1;
    for (const [tokenId, child] of childrenOf(path.shares, ghosts.length, options)) {
      const node: MeanTree = { probability: child.probability, children: new Map() };
      path.node.children.set(tokenId, node);
      if (prompt.closes(tokenId) || depth >= maximumDepth || child.shares.length === 0) continue;
      path.growing++;
      waiting += child.probability;
      open.push({ node, tokenId, depth, parent: path, shares: child.shares, growing: 0 });
    }
    release(path, store);
  };

  addChildren(root);
  const first = waiting;
  while (open.length > 0) {
    const paths: OpenPath[] = [];
    const unread: { share: Share; row: Row }[] = [];
    while (open.length > 0 && unread.length < options.batch) {
      const path = open.pop()!;
      paths.push(path);
      const position = prompt.ids.length + path.depth - 1;
      for (const share of path.shares) {
        const ancestors = [...ghostSlots[share.ghost]!, ...slotsBefore(share)];
        unread.push({ share, row: { token: path.tokenId, position, ancestors, peers: [] } });
      }
    }
    for (let from = 0; from < unread.length; from += options.batch) {
      const some = unread.slice(from, from + options.batch);
      const rows = some.map(({ row }) => row);
      const selected = rows.map((_, row) => row);
      const result = await model.forward({ rows, ghosts: [], shared, selected, top: options.top }, store);
      some.forEach(({ share }, i) => {
        share.next = result.next(i);
        share.slot = result.keep(i);
      });
      await onShare(PROMPTS + (1 - PROMPTS) * (1 - Math.max(0, waiting) / first));
    }
    for (const path of paths) {
      waiting -= path.node.probability;
      addChildren(path);
    }
  }
  await onShare(1);
  return root.node;
}

/** Reads the prompt with every ghost, as many at a time as fit a batch, and what each says first. */
async function readPrompts(
  model: LanguageModel,
  store: KeyValues,
  { ids }: PromptTokens,
  ghosts: readonly Float32Array[],
  { batch, top }: MeanTreeOptions,
  onShare: (share: number) => void | Promise<void>,
) {
  const before = ids.indexOf(GHOST);
  const atOnce = Math.max(1, Math.floor((batch - before) / (ids.length - before)));
  let shared: number[] = [];
  const ghostSlots: number[][] = [];
  const shares: Share[] = [];
  for (let from = 0; from < ghosts.length; from += atOnce) {
    const some = ghosts.slice(from, from + atOnce);
    const laid = ghostRows(ids, some.length);
    const selected = laid.rowsOfGhosts.map((rows) => rows.at(-1)!);
    const result = await model.forward({ rows: laid.rows, ghosts: some, shared: [], selected, top }, store);
    if (from === 0) shared = Array.from({ length: before }, (_, row) => result.keep(row));
    laid.rowsOfGhosts.forEach((rows, i) => {
      ghostSlots.push(rows.map((row) => result.keep(row)));
      shares.push({ ghost: from + i, probability: 1, slot: -1, before: null, next: result.next(i) });
    });
    await onShare(ghostSlots.length / ghosts.length);
  }
  return { shared, ghostSlots, shares };
}

/** What the ghosts say next, by token, as far as it reaches the floor, with the shares that are followed. */
function childrenOf(
  shares: readonly Share[],
  ghosts: number,
  { floor, followed }: MeanTreeOptions,
): Map<number, { probability: number; shares: Share[] }> {
  const children = new Map<number, { probability: number; shares: Share[] }>();
  for (const share of shares) {
    for (const { tokenId, probability: conditional } of share.next) {
      const probability = share.probability * conditional;
      const child = children.get(tokenId) ?? { probability: 0, shares: [] };
      children.set(tokenId, child);
      child.probability += probability / ghosts;
      if (probability >= followed)
        child.shares.push({ ghost: share.ghost, probability, slot: -1, before: share, next: [] });
    }
  }
  for (const [tokenId, { probability }] of children) if (probability < floor) children.delete(tokenId);
  return children;
}

/** Slots of the tokens before a share's last. */
function slotsBefore({ before }: Share): number[] {
  const slots: number[] = [];
  for (let share = before; share && share.slot >= 0; share = share.before) slots.push(share.slot);
  return slots;
}

/** Releases the slots of a path that has no open children, and of those above it that have none left then. */
function release(finished: OpenPath, store: KeyValues): void {
  for (let path: OpenPath | null = finished; path && path.growing === 0; path = path.parent) {
    for (const { slot } of path.shares) if (slot >= 0) store.release(slot);
    if (path.parent) path.parent.growing--;
  }
}
