import { uniformNumbers } from '../../maths/random.js';
import type { FeatureLimits, FeatureSource, RunningModel, Tokenizer } from '../../model/model.js';
import type { EmbeddingTable, LogitLens } from '../../model/ports.js';
import { requireSameWidth } from '../../model/requirements.js';
import type { DreamParameters, DreamReport, DreamtText } from '../../report/dream.js';
import { CancelledError } from '../../report/errors.js';
import { finished, thinned } from './finish.js';
import type { DreamFront } from './front.js';
import { likeness } from './proposals.js';
import { DreamReader } from './reader.js';
import { mean } from './samples.js';
import { searchDreams } from './search.js';
import { type DreamStarts, dreamStarts } from './starts.js';

/** A question: which texts activate a feature and still read as language. */
export interface DreamRequest {
  model: string;
  layer: number;
  feature: number;
  parameters: DreamParameters;
}

/** How far a search is, with the best text so far. */
export interface DreamProgress {
  /** Of the budget, 0..1. */
  share: number;
  best?: Pick<DreamtText, 'text' | 'activation' | 'crossEntropy'>;
}

/** Quantile of the samples' cross-entropies up to which a text is fluent. */
const FLUENT = 0.95;

/**
 * Answers which texts a feature dreams of.
 *
 * @param load milliseconds that loading the model took for this question
 * @param tell awaited after every step; throwing a `CancelledError` ends the search with the texts so far, where there
 *   are any
 * @throws {InputError} when the question does not fit the model
 */
export async function answerDream(
  model: RunningModel & { lens: LogitLens },
  source: FeatureSource,
  { layer, feature, parameters }: DreamRequest,
  limits: FeatureLimits,
  load: number,
  tell: (progress: DreamProgress) => Promise<void>,
): Promise<DreamReport> {
  const started = performance.now();
  requireSameWidth(source, model.language);
  const { tokenizer } = model;
  const { budget, seed } = parameters;
  const longest = Math.min(parameters.length, model.language.contextLength - 1);
  const uniform = uniformNumbers(seed);
  const reader = new DreamReader(model.language, tokenizer.bos, source, feature);
  const onStart = () => tell({ share: reader.rows / budget });
  const options = { ...parameters, longest };
  const starts = await dreamStarts(reader, model, source, feature, options, uniform, onStart);
  const limit = fluencyLimit(starts.samples);
  let ended: DreamReport['search']['ended'] = 'budget';
  const onStep = async (front: DreamFront) => {
    const outOfTime = performance.now() - started > limits.dreamMilliseconds;
    if (outOfTime) ended = 'time';
    try {
      await tell({ share: Math.min(1, reader.rows / budget), ...bestOf(front, limit, tokenizer) });
    } catch (error) {
      if (!(error instanceof CancelledError) || !front.strongest()) throw error;
      ended = 'cancelled';
    }
    return ended === 'budget';
  };
  const accepts = (tokens: readonly number[]) => isTypable(tokens, tokenizer);
  const table = await model.embeddings(source.centered);
  const searched = await searchDreams(reader, starts.texts, {
    longest,
    budget,
    listed: starts.listed,
    vocabulary: starts.vocabulary,
    alike: likeness((token) => table.cosinesFromCentroid(fromCentroid(token, table))),
    accepts,
    uniform,
    onStep,
  });
  const texts: DreamtText[] = [];
  // After a cancel nobody waits for the texts to be continued.
  const most = (ended as DreamReport['search']['ended']) === 'cancelled' ? 0 : longest;
  for (const dream of thinned(searched.all()))
    texts.push(await finished(reader, tokenizer, dream, { longest: most, accepts }));
  const front = frontOf(texts);
  const search = performance.now() - started;
  const { release, hook, parity } = source;
  const maximum = await source.knownMaximum(feature);
  return {
    schema: 'ghosttree/dream@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, feature, parity },
    parameters,
    ...(maximum !== undefined && { known: maximum }),
    fluency: { limit, samples: starts.samples.length },
    front,
    chosen: {
      fluent: indexOrNull(front.findLastIndex(({ crossEntropy }) => crossEntropy <= limit)),
      strongest: indexOrNull(front.length - 1),
    },
    search: { tokens: reader.rows, ended },
    timing: { load, search, total: load + search },
  };
}

function fluencyLimit(samples: DreamStarts['samples']): number {
  const sorted = samples.map(({ whole }) => mean(whole.surprisals)).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(FLUENT * sorted.length))]!;
}

function bestOf(front: DreamFront, limit: number, tokenizer: Tokenizer): Pick<DreamProgress, 'best'> {
  const best = front.strongest(limit) ?? front.strongest();
  if (!best) return {};
  const { tokens, activation, crossEntropy } = best;
  return { best: { text: textOf(tokens, tokenizer), activation, crossEntropy } };
}

/** Texts that are not beaten by another, most fluent first. */
function frontOf(texts: readonly DreamtText[]): DreamtText[] {
  const sorted = [...texts].sort((a, b) => a.crossEntropy - b.crossEntropy || b.activation - a.activation);
  let highest = 0;
  return sorted.filter(({ activation }) => {
    const isHigher = activation > highest;
    highest = Math.max(highest, activation);
    return isHigher;
  });
}

/** Whether the tokenizer reads the text of tokens as these tokens: only such a text can be typed. */
function isTypable(tokens: readonly number[], tokenizer: Tokenizer): boolean {
  const read = tokenizer.encode(textOf(tokens, tokenizer));
  return read.length === tokens.length && read.every((token, i) => token === tokens[i]);
}

function textOf(tokens: readonly number[], tokenizer: Tokenizer): string {
  return tokens.map((token) => tokenizer.text(token)).join('');
}

function fromCentroid(token: number, table: EmbeddingTable): Float32Array {
  return table.embedding(token).map((value, i) => value - table.centroid[i]!);
}

function indexOrNull(index: number): number | null {
  return index < 0 ? null : index;
}
