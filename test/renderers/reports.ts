/** Reports to draw: from the notebook's saved outputs and from a seeded generator of English-like trees. */
import { readFileSync } from 'node:fs';
import type { FeatureReport, TreeNode } from '../../src/core/report/feature.js';
import { fixture } from '../support/tinyModel.js';

interface Notebook {
  trees: { complete: boolean; lines: { depth: number; definition: string; cumulative: number }[] }[];
  lists: { tokens: string[] }[];
}

export const notebook = JSON.parse(readFileSync(fixture('notebook-outputs.json'), 'utf8')) as Notebook;

export function rootNode(children: TreeNode[] = []): TreeNode {
  return { tokenId: null, token: '', probability: 1, cumulative: 1, end: false, children };
}

export function report(root: TreeNode, tokens: string[], change: Partial<FeatureReport> = {}): FeatureReport {
  let nodes = -1;
  for (const stack = [root]; stack.length > 0; nodes++) stack.push(...stack.pop()!.children);
  return {
    schema: 'ghosttree/feature@2',
    model: { id: 'gemma-2b', dtype: 'float16' },
    sae: {
      release: 'jbloom/Gemma-2b-Residual-Stream-SAEs',
      hook: 'blocks.0.hook_resid_post',
      layer: 0,
      feature: 0,
      parity: { status: 'unknown', l0: 48, explainedVariance: 0.7 },
    },
    parameters: {
      weights: 'encoder',
      at: 'input',
      scale: 1,
      centroid: true,
      pca: 0,
      m: 1.4,
      top: 5,
      cutoff: 5e-5,
      trim: 1e-4,
      depth: 25,
      nodes: 5000,
      tokens: 100,
      prompt: 'A typical definition of "{ghost}" would be "',
      close: true,
      list: 'near',
      prune: 'off',
      clamp: 'off',
      steer: 'off',
      theme: 'dark',
    },
    ghost: { norm: 4.1, distance: 3.8, unit: 3.8 },
    definitions: [],
    calibrated: false,
    thresholds: { readsBack: 0.5, partly: 0.1, firing: 0.5 },
    tree: { nodes, complete: true, cutoff: 5e-5, root, candidates: [] },
    tokens: tokens.map((token, index) => ({
      rank: index + 1,
      tokenId: index,
      token,
      score: 0.3 + index / 250,
      cosine: 0.6 - index / 250,
    })),
    timing: { load: 1, speak: 1, tree: 1, tokens: 1, total: 4 },
    ...change,
  };
}

/** The notebook's complete tree: 29 lines, the root's among them. */
export function notebookTree(): TreeNode {
  const lines = notebook.trees.find((tree) => tree.complete)!.lines;
  const root = rootNode();
  const path: { node: TreeNode; text: string }[] = [{ node: root, text: '' }];
  for (const [index, { depth, definition, cumulative }] of lines.slice(1).entries()) {
    path.length = depth;
    const parent = path[depth - 1]!;
    const token = definition.slice(parent.text.length);
    const node = {
      tokenId: index,
      token,
      probability: cumulative / parent.node.cumulative,
      cumulative,
      end: token.includes('"'),
      children: [],
    };
    parent.node.children.push(node);
    path.push({ node, text: definition });
  }
  return root;
}

/** A seeded generator of numbers in 0..1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const WORDS =
  'a the to of in person who is not act state being quality part one used for making small large long device place where something with from by that which group member male female ruler kingdom plant animal body water light sound time measure unit money country city language war music food'.split(
    ' ',
  );

/** A tree of exactly so many nodes below the root, grown best first like a real one. */
export function englishTree(nodes: number, seed = 1): TreeNode {
  const random = seeded(seed);
  const root = rootNode();
  let frontier = [root];
  for (let made = 0; made < nodes; ) {
    frontier.sort((a, b) => b.cumulative - a.cumulative);
    const parent = frontier.shift()!;
    let left = 1;
    const sharpness = 0.3 + random() * 0.65;
    for (let child = 0; child < 5 && made < nodes; child++, made++) {
      const probability = left * sharpness;
      left -= probability;
      const end = parent !== root && random() < 0.08;
      const word = WORDS[Math.floor(random() * WORDS.length)]!;
      const token = end ? '."' : random() < 0.07 ? 'ing' : parent === root ? word : ` ${word}`;
      const node = {
        tokenId: made,
        token,
        probability,
        cumulative: parent.cumulative * probability,
        end,
        children: [],
      };
      parent.children.push(node);
      if (!end) frontier.push(node);
    }
    if (frontier.length > 2 * nodes) frontier = frontier.slice(0, nodes);
  }
  return root;
}

/** One branch of so many nodes. */
export function chain(length: number, probability = 0.9): TreeNode {
  const root = rootNode();
  let at = root;
  for (let index = 0; index < length; index++) {
    const last = index === length - 1;
    const node = {
      tokenId: index,
      token: last ? '."' : ` ${WORDS[index % WORDS.length]}`,
      probability,
      cumulative: at.cumulative * probability,
      end: last,
      children: [],
    };
    at.children.push(node);
    at = node;
  }
  return root;
}
