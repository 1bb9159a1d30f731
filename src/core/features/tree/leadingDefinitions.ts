import type { PromptTokens, Tokenizer } from '../../model/model.js';
import type { LanguageModel } from '../../model/ports.js';
import type { LeadingDefinition } from '../../report/sweep.js';
import { ghostRows } from '../ghost/rows.js';

/** How definitions are searched. */
export interface BeamOptions {
  /** How many definitions, and how many beginnings are followed at every length. */
  width: number;
  /** Longest definition in tokens. */
  longest: number;
}

/** One definition while it grows. */
interface Beginning {
  tokens: number[];
  /** Slots of its tokens but the last. */
  slots: number[];
  probability: number;
  ended: boolean;
}

/** What ghosts say first. */
export interface FirstTokens {
  /** Each ghost's distribution of the first token [vocabularySize]. */
  distributions: Float32Array[];
  /** Each ghost's leading definitions, most probable first. */
  definitions: LeadingDefinition[][];
}

/**
 * Reads the prompt with each of several ghosts and searches the most probable definitions of each by beam search: at
 * every length the `width` most probable beginnings and ended definitions of a ghost go on. All ghosts share a batch a
 * step.
 *
 * @param onStep awaited after every batch with the share that is done; throwing stops the work
 */
export async function leadingDefinitions(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompt: PromptTokens,
  ghosts: readonly Float32Array[],
  { width, longest }: BeamOptions,
  onStep: (share: number) => Promise<void> = async () => {},
): Promise<FirstTokens> {
  const store = model.createStore();
  const { rows, before, rowsOfGhosts } = ghostRows(prompt.ids, ghosts.length);
  const selected = rowsOfGhosts.map((rowsOfGhost) => rowsOfGhost.at(-1)!);
  const read = await model.forward({ rows, ghosts, shared: [], selected, top: width }, store);
  const distributions = split(await read.distributions(), ghosts.length);
  const shared = Array.from({ length: before }, (_, row) => read.keep(row));
  const slotsOf = rowsOfGhosts.map((rowsOfGhost) => rowsOfGhost.map((row) => read.keep(row)));
  const extended = (from: Beginning, next: { tokenId: number; probability: number }[]): Beginning[] =>
    next.map(({ tokenId, probability }) => ({
      tokens: [...from.tokens, tokenId],
      slots: from.slots,
      probability: from.probability * probability,
      ended: prompt.closes(tokenId),
    }));
  const empty = { tokens: [], slots: [], probability: 1, ended: false };
  let beams = ghosts.map((_, ghost) => extended(empty, read.next(ghost)));
  const most = Math.min(longest, model.contextLength - prompt.ids.length);
  for (let length = 1; length < most; length++) {
    const growing = beams.flatMap((beam, ghost) =>
      beam.filter(({ ended }) => !ended).map((beginning) => ({ ghost, beginning })),
    );
    if (growing.length === 0) break;
    const batch = growing.map(({ ghost, beginning }) => ({
      token: beginning.tokens.at(-1)!,
      position: prompt.ids.length + length - 1,
      ancestors: [...slotsOf[ghost]!, ...beginning.slots],
      peers: [],
    }));
    const all = batch.map((_, row) => row);
    const result = await model.forward({ rows: batch, ghosts: [], shared, selected: all, top: width }, store);
    const longer: Beginning[][] = beams.map((beam) => beam.filter(({ ended }) => ended));
    growing.forEach(({ ghost, beginning }, row) => {
      const stored = { ...beginning, slots: [...beginning.slots, result.keep(row)] };
      longer[ghost]!.push(...extended(stored, result.next(row)));
    });
    beams = longer.map((beam) => beam.sort((a, b) => b.probability - a.probability).slice(0, width));
    await onStep(length / most);
  }
  const definitions = beams.map((beam) =>
    beam.map(({ tokens, probability, ended }) => ({
      text: definitionText(
        tokens.map((token) => tokenizer.text(token)),
        ended,
      ),
      probability,
      ended,
    })),
  );
  return { distributions, definitions };
}

/**
 * The text of a definition, without what closes it.
 *
 * @param tokens the texts of its tokens, at least one
 * @param ended whether the last one closes it
 */
export function definitionText(tokens: readonly string[], ended: boolean): string {
  const last = tokens.at(-1)!;
  const closing = ended ? last.search(/[\s.,;:!?]*["'`”’»」]/u) : -1;
  const end = closing >= 0 ? last.slice(0, closing) : last;
  return [...tokens.slice(0, -1), end].join('').trim();
}

/** Rows of a matrix. */
function split(matrix: Float32Array, rows: number): Float32Array[] {
  const width = matrix.length / rows;
  return Array.from({ length: rows }, (_, row) => matrix.slice(row * width, (row + 1) * width));
}
