/**
 * `npm run truth:lists ANSWERS.ndjson SEED ...`: two more token lists of the selected features, for the judges in Python.
 * Tokens that the encoder prefers (arXiv 2510.14936): those of the 1 000 that it ranks first by their embeddings whose z is
 * above 5.5 and on which, after BOS alone, the feature is active; most active first. And the tokens at the peaks of the first,
 * third, ... example.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { encodeTexts } from '../../src/core/features/activation/activations.js';
import { peakOf } from '../../src/core/features/label/words.js';
import type { FeatureSource } from '../../src/core/model/model.js';
import { openEmbeddedModel } from '../evaluatedModel.js';
import { readSnippets } from '../measures/snippets.js';
import type { Selection } from './collect.js';
import { firingOf } from './firing.js';

/** As the paper has them. */
const CANDIDATES = 1000;
const LEAST_Z = 5.5;
/** A token list, as an answer has it. */
const TOKENS = 10;

const [file, ...seeds] = process.argv.slice(2);
if (!file || seeds.length === 0) throw new Error('Give a file for the answers, and seeds.');
const selections = (JSON.parse(readFileSync('eval/truth/selections.json', 'utf8')) as Selection[]).filter(
  ({ seed }) => seeds.includes(String(seed)),
);
const { model, source } = await openEmbeddedModel();
const snippets = readSnippets(source.folder);
for (const { hook, seed, features } of selections) {
  const layer = Number(Object.keys(source.saes).find((each) => source.saes[Number(each)]!.hook === hook));
  const sae = await model.features(layer);
  const table = await model.embeddings(sae.centered);
  // Lengths make a product of a cosine.
  const lengths = Float32Array.from({ length: table.size }, (_, token) =>
    Math.hypot(...table.embedding(token)),
  );
  let empty = 0;
  for (const feature of features) {
    const known = snippets.get(hook)![feature]!;
    const preferred = await preferredTokens(sae, feature, lengths);
    if (preferred.length === 0) empty++;
    const peaks = known.examples.slice(0, TOKENS).filter((_, i) => i % 2 === 0);
    const answers = {
      'tokens that the encoder prefers': preferred.map((token) => model.tokenizer.text(token)).join(' '),
      'tokens at the peaks': [...new Set(peaks.flatMap((each) => peakOf(each)?.written ?? []))].join(' '),
    };
    for (const [method, said] of Object.entries(answers)) {
      const line = { hook, seed, feature, method, said: [said], firing: firingOf(known) };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    }
  }
  process.stderr.write(`${hook} seed ${seed}: ${empty} of ${features.length} features prefer no token\n`);
}
await model.close();

async function preferredTokens(
  sae: FeatureSource,
  feature: number,
  lengths: Float32Array,
): Promise<number[]> {
  const table = await model.embeddings(sae.centered);
  const cosines = await table.cosines(await sae.vector(feature, 'encoder'));
  const products = cosines.map((cosine, token) => cosine * lengths[token]!);
  const mean = products.reduce((sum, value) => sum + value, 0) / products.length;
  const deviation = Math.sqrt(
    products.reduce((sum, value) => sum + (value - mean) ** 2, 0) / products.length,
  );
  const candidates = [...products.keys()]
    .filter((token) => (products[token]! - mean) / deviation > LEAST_Z)
    .sort((a, b) => products[b]! - products[a]!)
    .slice(0, CANDIDATES);
  const texts = candidates.map((token) => [model.tokenizer.bos, token]);
  const active: { token: number; activation: number }[] = [];
  for await (const { text, activations } of encodeTexts(model, sae, texts)) {
    const activation = activations[sae.features + feature]!;
    if (activation > 0) active.push({ token: candidates[text]!, activation });
  }
  return active
    .sort((a, b) => b.activation - a.activation)
    .slice(0, TOKENS)
    .map(({ token }) => token);
}
