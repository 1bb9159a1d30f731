import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { LogitLens } from '../../model/ports.js';
import { tokenizePrompt } from '../../model/prompt.js';
import type { ParameterValues } from '../../report/parameters.js';
import { vectorOf } from '../activation/vectorOf.js';
import { makeGhost } from '../ghost/ghost.js';
import { inputPlace } from '../ghost/place.js';
import { extremeTokens } from '../list/lens.js';
import { listTokens } from '../list/near.js';
import { lensVocabulary, taken } from '../list/vocabulary.js';
import { leadingDefinitions } from '../tree/leadingDefinitions.js';
import type { Dream, DreamReader } from './reader.js';
import { type Sample, sampleTexts } from './samples.js';

/** How many texts the model writes by itself, tokens of either list, and definitions are begun with. */
const COUNTS = { samples: 64, listed: 96, lens: 64, definitions: 5, named: 3, bare: 8192 } as const;
/** Longest definition in tokens. */
const LONGEST_DEFINITION = 16;
/** Exponent of the token list. */
const M = 1.4;

/** Phrasings in which training texts say what a word means. */
const FRAMES: readonly ((word: string, definition: string) => string)[] = [
  (_, definition) => definition,
  (word, definition) => `A typical definition of "${word}" would be "${definition}."`,
  (word, definition) => `${word.trim()}: ${definition}.`,
  (word, definition) => `${word.trim()} is a kind of ${definition}.`,
];

/** What a search begins with. */
export interface DreamStarts {
  /** Texts up to their peaks. */
  texts: Dream[];
  /** Tokens near the feature's ghost and those that its decoder promotes, best first, by turns. */
  listed: number[];
  /** What the model wrote by itself. */
  samples: Sample[];
  /** Tokens that training saw. */
  vocabulary: Uint32Array;
}

/**
 * Texts to begin with, made without knowing where the feature is active: what the model writes by itself, the
 * tokens of its vocabulary by themselves, and what the feature's ghost is defined as, in frames.
 *
 * @param onStep awaited now and then; throwing stops the work
 */
export async function dreamStarts(
  reader: DreamReader,
  model: RunningModel & { lens: LogitLens },
  source: FeatureSource,
  feature: number,
  { weights, prompt, longest }: { weights: ParameterValues['weights']; prompt: string; longest: number },
  uniform: () => number,
  onStep: () => Promise<void> = async () => {},
): Promise<DreamStarts> {
  const { tokenizer, language } = model;
  const samples = await sampleTexts(reader, COUNTS.samples, longest, uniform);
  await onStep();
  const table = await model.embeddings(source.centered);
  const vector = await vectorOf(model, source, feature, weights);
  const { ghost } = await makeGhost(vector, inputPlace(table), { scale: 1, centroid: true, pca: 0 });
  const near = (await listTokens(ghost, table, tokenizer, M, COUNTS.listed)).map(({ tokenId }) => tokenId);
  const { ids: vocabulary } = await lensVocabulary(tokenizer, table);
  const lens = await model.lens.logits(await source.vector(feature, 'decoder'));
  const promoted = extremeTokens(taken(lens, vocabulary), COUNTS.lens).promoted.map(
    (index) => vocabulary[index]!,
  );
  const listed = [...new Set(near.flatMap((token, i) => [token, ...promoted.slice(i, i + 1)]))];
  const { definitions } = await leadingDefinitions(
    language,
    tokenizer,
    tokenizePrompt(prompt, tokenizer, true),
    [ghost],
    { width: COUNTS.definitions, longest: LONGEST_DEFINITION },
  );
  const framed = near
    .slice(0, COUNTS.named)
    .flatMap((token) =>
      definitions[0]!.flatMap(({ text }) => FRAMES.map((frame) => frame(tokenizer.text(token), text))),
    );
  const texts = [...new Set(framed)]
    .map((text) => tokenizer.encode(text).slice(0, longest))
    .filter(({ length }) => length > 0);
  const root = await reader.read([listed[0]!]);
  const step = Math.max(1, vocabulary.length / COUNTS.bare);
  const evenlySpread = Array.from(
    { length: Math.floor(vocabulary.length / step) },
    (_, i) => vocabulary[Math.floor(i * step)]!,
  );
  const bare = [...new Set([...listed, ...evenlySpread])].map((token) => [token]);
  const read = await reader.variants(root, 0, [...bare, ...texts]);
  reader.forget(root);
  return { texts: [...samples, ...read.filter((text) => text !== undefined)], listed, samples, vocabulary };
}
