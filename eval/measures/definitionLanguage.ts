import type { TreeNode } from '../../src/core/index.js';
import type { OpenModel } from '../../src/core/runtime/opened/index.js';
import type { FeatureSnippets } from './snippets.js';

const FRAME = [' would', ' be', ' "'];

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
