import type { FeatureSource, RunningModel } from '../../model/model.js';
import { sequenceRows } from '../ghost/sequence.js';
import { massiveRows, rowNorms } from './parity.js';

/** Most tokens of texts that are read in one batch. */
const ROWS = 512;

/** The residual streams of texts that were read together. */
export interface ReadBatch {
  /** Which of the texts is the first. */
  first: number;
  /** Of each text, the rows before it. */
  starts: number[];
  /** All rows of the batch. */
  rows: number;
  /** At the SAE's hook point [rows, hiddenSize]. */
  residual: Float32Array;
}

/**
 * What is made of tokens whose residual stream is of massive norm: SAEs are not trained on them, and many features seem to be
 * active there, whatever they are about.
 */
export type Massive = 'silent' | 'counted';

/** What the features of an SAE do on one text. */
export interface EncodedText {
  /** Which of the texts. */
  text: number;
  /** Activations of all features at every position, BOS included, in the SAE's units [tokens, features]. */
  activations: Float32Array;
}

/**
 * Runs the model and the SAE over texts, as many in a batch as fit; texts of one batch do not see each other.
 *
 * @param texts token ids, BOS first; each as long as the model's context at most
 * @returns one by one, in the order of the texts; read each before the next, the caller may stop in between
 */
export async function* encodeTexts(
  model: Pick<RunningModel, 'language'>,
  source: FeatureSource,
  texts: readonly (readonly number[])[],
  massive: Massive = 'counted',
): AsyncGenerator<EncodedText> {
  for await (const batch of readBatches(model, source, texts)) yield* encodeBatch(source, batch, massive);
}

/** The features of an SAE on texts that were read: one text by one, in their order. */
export async function* encodeBatch(
  source: Pick<FeatureSource, 'encode' | 'features' | 'inputSize'>,
  { first, starts, rows, residual }: ReadBatch,
  massive: Massive = 'counted',
): AsyncGenerator<EncodedText> {
  const activations = await source.encode(residual, rows);
  if (massive === 'silent')
    for (const [row, isMassive] of massiveRows(rowNorms(residual, source.inputSize)).entries())
      if (isMassive) activations.fill(0, row * source.features, (row + 1) * source.features);
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1] ?? rows;
    yield {
      text: first + i,
      activations: activations.subarray(start * source.features, end * source.features),
    };
  }
}

/**
 * Runs the model over texts, as many in a batch as fit; texts of one batch do not see each other.
 *
 * @param texts token ids, BOS first; each as long as the model's context at most
 */
export async function* readBatches(
  { language }: Pick<RunningModel, 'language'>,
  { hook }: Pick<FeatureSource, 'hook'>,
  texts: readonly (readonly number[])[],
): AsyncGenerator<ReadBatch> {
  for (let first = 0; first < texts.length; ) {
    let last = first + 1;
    let length = texts[first]!.length;
    while (last < texts.length && length + texts[last]!.length <= ROWS) length += texts[last++]!.length;
    const starts: number[] = [];
    const rows = texts.slice(first, last).reduce<ReturnType<typeof sequenceRows>>((before, ids) => {
      starts.push(before.length);
      return before.concat(sequenceRows(ids, before.length));
    }, []);
    const residual = await language.residual({ rows, ghosts: [] }, hook);
    yield { first, starts, rows: rows.length, residual };
    first = last;
  }
}

/**
 * How active one feature is on every token of texts.
 *
 * @param texts token ids, BOS first; each as long as the model's context at most
 * @returns for each text its activations in the SAE's units [tokens], BOS included
 */
export async function activationsOn(
  model: Pick<RunningModel, 'language'>,
  source: FeatureSource,
  feature: number,
  texts: readonly (readonly number[])[],
  massive: Massive = 'counted',
): Promise<Float32Array[]> {
  const activationsOfTexts: Float32Array[] = [];
  for await (const { text, activations } of encodeTexts(model, source, texts, massive)) {
    const length = texts[text]!.length;
    activationsOfTexts.push(
      Float32Array.from({ length }, (_, position) => activations[position * source.features + feature]!),
    );
  }
  return activationsOfTexts;
}

/** A text as the model reads it: BOS and its tokens, cut off where the model's context ends. */
export function readableText(
  { language, tokenizer }: Pick<RunningModel, 'language' | 'tokenizer'>,
  text: string,
): number[] {
  return [tokenizer.bos, ...tokenizer.encode(text)].slice(0, language.contextLength);
}
