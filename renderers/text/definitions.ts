/** The strongest definitions of a tree: what a reader should see first. Pure. */
import type { TreeNode } from '../../src/core/report/feature.js';

export interface Definition {
  /** From the first token to the last. */
  path: TreeNode[];
  /** The tokens' text, without the closing quote when the definition ended. */
  text: string;
  /** Cumulative probability, 0..1. */
  probability: number;
  /** False when the tree stopped growing before the definition closed. */
  ended: boolean;
  /** Whether any ghost says it as well. */
  generic: boolean;
}

interface Tip {
  node: TreeNode;
  parent: Tip | null;
  depth: number;
}

/** A definition that shares this much of its path with a stronger one comes after all that share less. */
const SHARED_TOO_MUCH = 0.5;
/** Weaker tips are not looked at: sorting and comparing all of a huge tree would only cost time. */
const TIPS_COMPARED = 400;

/**
 * @param root of a definition tree
 * @param count how many definitions are wanted, at least 1
 * @returns at most `count` definitions, most probable first. Closed definitions come before unfinished ones;
 *   those that differ only in their closing punctuation count as one, and variations of one beginning give
 *   way to other beginnings while there are any.
 */
export function strongestDefinitions(root: TreeNode, count: number): Definition[] {
  const tips = findTips(root);
  const closed = tips.filter(({ node }) => node.end);
  const open = tips.filter(({ node }) => !node.end);
  const ranked = [...strongest(closed), ...strongest(open)].map(toDefinition);
  const chosen: Definition[] = [];
  const waiting: Definition[] = [];
  const texts = new Set<string>();
  for (const definition of ranked) {
    const text = comparable(definition.text);
    if (texts.has(text)) continue;
    texts.add(text);
    const shares = chosen.some((earlier) => sharedShare(definition, earlier) >= SHARED_TOO_MUCH);
    (shares || chosen.length >= count ? waiting : chosen).push(definition);
  }
  chosen.push(...waiting.slice(0, Math.max(0, count - chosen.length)));
  return chosen.sort((a, b) => b.probability - a.probability);
}

/** Every definition of a tree, finished or not, in the tree's order. */
export function allDefinitions(root: TreeNode): Definition[] {
  return findTips(root).map(toDefinition);
}

/** A definition's text as it is where case and outer spaces do not count. */
export function comparable(text: string): string {
  return text.toLowerCase().trim();
}

function findTips(root: TreeNode): Tip[] {
  const tips: Tip[] = [];
  const stack: Tip[] = [{ node: root, parent: null, depth: 0 }];
  while (stack.length > 0) {
    const tip = stack.pop()!;
    if (tip.parent && (tip.node.end || tip.node.children.length === 0)) tips.push(tip);
    for (let index = tip.node.children.length - 1; index >= 0; index--)
      stack.push({ node: tip.node.children[index]!, parent: tip, depth: tip.depth + 1 });
  }
  return tips;
}

function strongest(tips: Tip[]): Tip[] {
  return tips.sort((a, b) => b.node.cumulative - a.node.cumulative).slice(0, TIPS_COMPARED);
}

function toDefinition(tip: Tip): Definition {
  const path: TreeNode[] = [];
  for (let at: Tip | null = tip; at?.parent; at = at.parent) path.unshift(at.node);
  const joined = path.map((node) => node.token).join('');
  // Only the last token can hold the closing quote, so nothing before it is touched.
  const before = joined.length - tip.node.token.length;
  const closing = tip.node.token.search(/[\s.,;:!?]*["”»」'’]/u);
  const text = tip.node.end && closing >= 0 ? joined.slice(0, before + closing) : joined;
  const { cumulative, end, generic = false } = tip.node;
  return { path, text: text.trim(), probability: cumulative, ended: end, generic };
}

/** The share of a definition's tokens, connectors aside, that a chosen definition has, too. */
function sharedShare({ path, ended }: Definition, chosen: Definition): number {
  const words = ended ? path.slice(0, -1) : path;
  const left = words.findIndex((node, index) => node !== chosen.path[index]);
  const counted = words.filter(isParticular).length;
  return counted === 0
    ? 0
    : words.slice(0, left < 0 ? undefined : left).filter(isParticular).length / counted;
}

function isParticular({ connector }: TreeNode): boolean {
  return !connector;
}
