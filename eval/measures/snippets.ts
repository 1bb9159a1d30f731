import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** What is known of a feature from running the model over its corpus: ground truth for the methods. */
export interface FeatureSnippets {
  hook: string;
  feature: number;
  /** Share of the corpus' tokens on which it is active. */
  density: number;
  /** Its highest activation. */
  max: number;
  /** Lines on which it is most active, best first. */
  examples: { tokens: string[]; activations: number[] }[];
}

/** Reads the snippets that come with gloss-12l, by hook point, in the order of the features. */
export function readSnippets(folder = 'test/fixtures/gloss-12l'): Map<string, FeatureSnippets[]> {
  const text = gunzipSync(readFileSync(`${folder}/features.jsonl.gz`)).toString('utf8');
  const byHook = new Map<string, FeatureSnippets[]>();
  for (const line of text.trim().split('\n')) {
    const snippets = JSON.parse(line) as FeatureSnippets;
    const list = byHook.get(snippets.hook) ?? [];
    list[snippets.feature] = snippets;
    byHook.set(snippets.hook, list);
  }
  return byHook;
}

/** A feature that fires at all, and not everywhere. */
export function isAlive({ density, examples }: FeatureSnippets): boolean {
  return density > 0 && examples.length > 0;
}
