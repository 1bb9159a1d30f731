import type { LanguageModel } from '../../model/ports.js';
import type { TreeNode } from '../../report/feature.js';
import { sequenceRows } from '../ghost/sequence.js';

/** Definitions of a tree that are looked at. */
const STRONGEST = 5;
/** How far back a token counts as repeated. */
const BACK = 2;

/** How far definitions are language at all. */
export interface DefinitionLanguage {
  /** Mean bits a token: how much the model, held by nothing, is surprised by them as definitions of any word. */
  bits: number;
  /** Share of tokens that are one of the two before them. */
  repeated: number;
}

/** Token ids of a tree's strongest definitions, each from the root to a leaf. */
export function strongestPaths(root: TreeNode): number[][] {
  const leaves: { path: number[]; cumulative: number }[] = [];
  const visit = (node: TreeNode, path: number[]) => {
    for (const child of node.children) visit(child, [...path, child.tokenId!]);
    if (node.children.length === 0 && path.length > 0) leaves.push({ path, cumulative: node.cumulative });
  };
  visit(root, []);
  leaves.sort((a, b) => b.cumulative - a.cumulative);
  return leaves.slice(0, STRONGEST).map(({ path }) => path);
}

/**
 * Reads definitions in their prompt with the mean embedding in the ghost's place, which stands for no word in particular.
 *
 * @param prompt token ids, GHOST among them
 * @param centroid the mean embedding [hiddenSize]
 * @param definitions token ids, at least one
 */
export async function languageOf(
  language: LanguageModel,
  prompt: readonly number[],
  centroid: Float32Array,
  definitions: readonly (readonly number[])[],
): Promise<DefinitionLanguage> {
  const rows: ReturnType<typeof sequenceRows> = [];
  const selected: number[] = [];
  const wanted: number[] = [];
  let repeated = 0;
  for (const definition of definitions) {
    const first = rows.length;
    const read = [...prompt, ...definition].slice(0, language.contextLength);
    rows.push(...sequenceRows(read, first));
    for (let position = prompt.length; position < read.length; position++) {
      const token = read[position]!;
      selected.push(first + position - 1);
      wanted.push(token);
      const before = definition.slice(Math.max(0, position - prompt.length - BACK), position - prompt.length);
      if (before.includes(token)) repeated++;
    }
  }
  const batch = { rows, ghosts: [centroid], shared: [], selected, top: 1 };
  const result = await language.forward(batch, language.createStore());
  const probabilities = await result.distributions();
  const bits = wanted.map((token, i) => -Math.log2(probabilities[i * language.vocabularySize + token]!));
  return {
    bits: bits.reduce((sum, value) => sum + value, 0) / bits.length,
    repeated: repeated / wanted.length,
  };
}
