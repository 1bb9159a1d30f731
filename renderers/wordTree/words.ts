/**
 * A tree of tokens as a tree of whole words: tokens that continue a word are one node with it, words that differ in
 * their tokens alone are one, and what closes a definition is no node but the share that ends there. Pure.
 */
import type { TreeNode } from '../../src/core/report/feature.js';

export interface WordNode {
  /** With the space before it, where there is one; empty at the root. */
  text: string;
  /** Probability of all that begins with the words from the root to this one, 0..1. */
  cumulative: number;
  /** Of that, what ends right after this word. */
  ended: number;
  generic: boolean;
  connector: boolean;
  /** Most probable first. */
  children: WordNode[];
}

const CLOSING = /[\s.,;:!?]*["”»」'’]/u;
const IN_WORD = { before: /[\p{L}\p{N}]$/u, after: /^[\p{L}\p{M}\p{N}'’-]/u };
/** What is left of a word after its continuations are taken away is nothing, but for rounding. */
const NOTHING = 1e-9;

/** A word that is complete, or may be, at a token. */
interface Spelled {
  text: string;
  node: TreeNode;
}

interface Growing {
  word: WordNode;
  tips: TreeNode[];
}

export function wordTree(root: TreeNode): WordNode {
  const top: WordNode = { text: '', cumulative: 1, ended: 0, generic: false, connector: false, children: [] };
  const waiting: Growing[] = [{ word: top, tips: [root] }];
  while (waiting.length > 0) {
    const { word, tips } = waiting.pop()!;
    const grown = new Map<string, Growing>();
    const spelled = tips.flatMap((tip) =>
      tip.children
        .filter((child) => !(word !== top && continues(tip.token, child.token)))
        .map((node): Spelled => ({ text: node.token, node })),
    );
    while (spelled.length > 0) {
      const { text, node } = spelled.pop()!;
      if (node.end && node.children.length === 0) {
        const before = text.slice(0, Math.max(0, text.search(CLOSING)));
        if (before.trim() === '') word.ended += node.cumulative;
        else add(grown, before, node, node.cumulative, node.cumulative);
        continue;
      }
      let left = node.cumulative;
      for (const child of node.children) {
        if (!continues(node.token, child.token)) continue;
        spelled.push({ text: text + child.token, node: child });
        left -= child.cumulative;
      }
      if (left > node.cumulative * NOTHING) add(grown, text, node, left, 0);
    }
    const children = [...grown.values()].sort((a, b) => b.word.cumulative - a.word.cumulative);
    word.children = children.map((child) => child.word);
    waiting.push(...children);
  }
  return top;
}

/** What of a node is neither ended nor in its children: what was not followed. */
export function notFollowed({ cumulative, ended, children }: WordNode): number {
  return Math.max(0, cumulative - ended - children.reduce((sum, child) => sum + child.cumulative, 0));
}

function add(
  grown: Map<string, Growing>,
  text: string,
  node: TreeNode,
  cumulative: number,
  ended: number,
): void {
  const key = text.trim() || text;
  const { generic = false, connector = false } = node;
  const known = grown.get(key);
  if (!known) {
    const word = { text, cumulative, ended, generic, connector, children: [] };
    grown.set(key, { word, tips: ended > 0 ? [] : [node] });
    return;
  }
  known.word.cumulative += cumulative;
  known.word.ended += ended;
  known.word.generic &&= generic;
  known.word.connector &&= connector;
  if (ended === 0) known.tips.push(node);
}

function continues(before: string, token: string): boolean {
  return IN_WORD.before.test(before) && IN_WORD.after.test(token);
}
