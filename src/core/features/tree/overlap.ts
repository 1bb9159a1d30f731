import type { ComparedDefinition, TreeOverlap } from '../../report/compare.js';
import type { DefinitionTree, TreeNode } from '../../report/feature.js';
import { definitionText } from './leadingDefinitions.js';

/** A node with the nodes above it. */
interface Step {
  node: TreeNode;
  above: Step | null;
}

/**
 * Compares two trees path by path and marks, in both, the nodes of paths that both have (`other`). With c and c' the
 * cumulative probabilities of a path, 0 where a tree does not have it, and sums over the paths of both trees,
 *
 *     shared of a tree = sum c [c' > 0] / sum c
 *     likeness         = sum min(c, c') / sum max(c, c')
 *
 * The sum of c over a tree is the expected number of its tokens in a definition drawn from it, so that a share of 0.3
 * says: of ten such tokens three stand in the other tree as well.
 */
export function compareTrees(root: TreeNode, otherRoot: TreeNode): TreeOverlap {
  const pairs: [Step, Step][] = [[top(root), top(otherRoot)]];
  const shared: [number, number] = [0, 0];
  let nodes = 0;
  let least = 0;
  let best: { paths: [Step, Step]; least: number } | undefined;
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [above, otherAbove] = pair;
    const against = new Map(otherAbove.node.children.map((child) => [child.tokenId, child]));
    for (const node of above.node.children) {
      const match = against.get(node.tokenId);
      if (!match) continue;
      node.other = match.cumulative;
      match.other = node.cumulative;
      nodes++;
      shared[0] += node.cumulative;
      shared[1] += match.cumulative;
      const smaller = Math.min(node.cumulative, match.cumulative);
      least += smaller;
      const paths: [Step, Step] = [
        { node, above },
        { node: match, above: otherAbove },
      ];
      if (node.end && smaller > (best?.least ?? 0)) best = { paths, least: smaller };
      pairs.push(paths);
    }
  }
  const [mass, otherMass] = [massOf(root), massOf(otherRoot)];
  return {
    nodes,
    shared: [ratio(shared[0], mass), ratio(shared[1], otherMass)],
    likeness: ratio(least, mass + otherMass - least),
    ...(best && {
      definition: {
        text: textOf(best.paths[0]),
        probabilities: [best.paths[0].node.cumulative, best.paths[1].node.cumulative],
      },
    }),
  };
}

/**
 * The definition that sets a marked tree apart most from the other: of those that ended, or where none did of the
 * unfinished ones, the one with the largest
 *
 *     c log(c / c'),   c' at least the other tree's cutoff
 *
 * which is its part of the Kullback-Leibler divergence.
 *
 * @returns undefined where it says nothing more than the other
 */
export function leadingDefinition(
  root: TreeNode,
  { cutoff }: Pick<DefinitionTree, 'cutoff'>,
): ComparedDefinition | undefined {
  const tips = [...stepsBelow(root)].filter(({ node }) => node.children.length === 0);
  const ended = tips.filter(({ node }) => node.end);
  let leading: Step | undefined;
  let most = 0;
  for (const tip of ended.length > 0 ? ended : tips) {
    const { cumulative, other = cutoff } = tip.node;
    const gain = cumulative * Math.log(cumulative / Math.max(other, cutoff));
    if (gain <= most) continue;
    most = gain;
    leading = tip;
  }
  if (!leading) return undefined;
  const { cumulative, other, end } = leading.node;
  return { text: textOf(leading), ended: end, probability: cumulative, other: other ?? null };
}

function top(node: TreeNode): Step {
  return { node, above: null };
}

/** All nodes below the root, parents before their children, the more probable of two branches first. */
function* stepsBelow(root: TreeNode): Generator<Step> {
  const waiting = [top(root)];
  for (let step = waiting.pop(); step; step = waiting.pop()) {
    if (step.above) yield step;
    const { children } = step.node;
    for (let i = children.length - 1; i >= 0; i--) waiting.push({ node: children[i]!, above: step });
  }
}

function massOf(root: TreeNode): number {
  let sum = 0;
  for (const { node } of stepsBelow(root)) sum += node.cumulative;
  return sum;
}

function textOf(last: Step): string {
  const texts: string[] = [];
  for (let step = last; step.above; step = step.above) texts.unshift(step.node.token);
  return definitionText(texts, last.node.end);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
