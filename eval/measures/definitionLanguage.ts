import { sequenceRows } from '../../src/core/features/ghost/sequence.js';
import type { TreeNode } from '../../src/core/index.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import type { OpenModel } from '../../src/core/runtime/opened/index.js';
import type { FeatureSnippets } from './snippets.js';

/** Definitions of a tree that are looked at. */
const STRONGEST = 5;
/** How far back a token counts as repeated. */
const BACK = 2;
const FRAME = [' would', ' be', ' "'];

/** How far definitions are language at all. */
export interface Language {
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

/** Probability that a tree's definitions have come to their end. */
export function endedShare({ end, cumulative, children }: TreeNode): number {
  return end ? cumulative : children.reduce((sum, child) => sum + endedShare(child), 0);
}

/** Real definitions among a feature's snippets, in tokens. */
export function realDefinitions({ examples }: FeatureSnippets, { tokenizer }: OpenModel): number[][] {
  return examples.flatMap(({ tokens }) => {
    const at = tokens.findIndex((_, i) => FRAME.every((text, k) => tokens[i + k] === text));
    const text = tokens.slice(at + FRAME.length).join('');
    return at >= 0 && text.endsWith('"') ? [tokenizer.encode(text)] : [];
  });
}

/**
 * Reads definitions in the usual prompt with the centroid in the ghost's place, which stands for no word in particular.
 *
 * @param definitions token ids, at least one
 */
export async function languageOf(
  model: OpenModel,
  prompt: string,
  definitions: readonly (readonly number[])[],
): Promise<Language> {
  const { language, tokenizer } = model;
  const { ids } = tokenizePrompt(prompt, tokenizer, true);
  const { centroid } = await model.embeddings(false);
  const rows: ReturnType<typeof sequenceRows> = [];
  const selected: number[] = [];
  const wanted: number[] = [];
  let repeated = 0;
  for (const definition of definitions) {
    const first = rows.length;
    const read = [...ids, ...definition].slice(0, language.contextLength);
    rows.push(...sequenceRows(read, first));
    for (let position = ids.length; position < read.length; position++) {
      const token = read[position]!;
      selected.push(first + position - 1);
      wanted.push(token);
      const before = definition.slice(Math.max(0, position - ids.length - BACK), position - ids.length);
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
