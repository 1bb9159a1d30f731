import { peakOf } from '../../src/core/features/label/words.js';
import type { FeatureSnippets } from '../measures/snippets.js';

/** Examples that judges know. */
const EXAMPLES = 10;
/** Tokens of a text around its peak. */
const SNIPPET = { before: 10, after: 5 };

/** Where a feature fires, strongest first: each as the word that fires and the text around it. */
export function firingOf({ examples }: FeatureSnippets): { word: string; text: string }[] {
  return examples.slice(0, EXAMPLES).flatMap((example) => {
    const peak = peakOf(example);
    if (!peak) return [];
    const at = example.activations.indexOf(Math.max(...example.activations));
    const text = example.tokens.slice(Math.max(0, at - SNIPPET.before), at + SNIPPET.after).join('');
    return [{ word: peak.written, text }];
  });
}
