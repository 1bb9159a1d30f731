import { inEveryBatch } from '../../model/inEveryBatch.js';
import type { FeatureSource, RunningModel, Tokenizer } from '../../model/model.js';
import type { AfterBlock, EmbeddingTable, LanguageModel } from '../../model/ports.js';
import { InputError } from '../../report/errors.js';
import type { GhostPlace } from '../../report/parameters.js';

/** Where a ghost is put, and what its distance is measured from and by. */
export interface Place {
  at: GhostPlace;
  /** What a ghost is offset by: the mean of what stands there otherwise, or a learned bias [hiddenSize]. */
  mean: Float32Array;
  /** The typical distance from that mean, or a learned scale. */
  unit: number;
  /** Absent: in place of the input embedding. */
  after?: AfterBlock;
  /** Of the embeddings; the other places have none. */
  principalComponent?: EmbeddingTable['principalComponent'];
}

/** The text whose first token stands where a ghost is put until the block after which the ghost replaces it. */
const PLACEHOLDER = 'X';

/**
 * The place that a word or a block's number stands for.
 *
 * @param at `sae` is the hook point of the SAE that is asked about
 * @throws {InputError} when the model has no such place, or nothing would read the ghost there
 */
export async function placeOf(
  model: Pick<RunningModel, 'id' | 'embeddings' | 'streamPlace' | 'learnedGhost' | 'tokenizer'>,
  source: Pick<FeatureSource, 'centered' | 'hook'>,
  at: GhostPlace | 'sae',
): Promise<Place> {
  if (at === 'sae') return placeOf(model, source, placeOfHook(source.hook));
  if (at === 'input') return inputPlace(await model.embeddings(source.centered));
  if (at !== 'learned') {
    const { mean, unit } = await model.streamPlace(at);
    return { at, mean, unit, after: { block: at, placeholder: placeholderOf(model.tokenizer) } };
  }
  const learned = await model.learnedGhost(source.hook);
  if (!learned) {
    throw new InputError(
      `${model.id} has no learned ghost for ${source.hook}: ask with at=best, at=input or a block, such as at=2.`,
    );
  }
  const { block, scale, bias } = learned;
  return { at, mean: bias, unit: scale, after: { block, placeholder: placeholderOf(model.tokenizer) } };
}

/** In place of the input embedding, as the original method has it. */
export function inputPlace(embeddings: EmbeddingTable): Place {
  return {
    at: 'input',
    mean: embeddings.centroid,
    unit: embeddings.meanDistance,
    principalComponent: () => embeddings.principalComponent(),
  };
}

/** A model that puts the ghosts of all that it reads in that place. */
export function speakingAt(language: LanguageModel, { after }: Pick<Place, 'after'>): LanguageModel {
  return after ? inEveryBatch(language, { ghostsAfter: after }) : language;
}

/** The block after which the stream is what an SAE's hook point sees. */
function placeOfHook(hook: string): GhostPlace {
  const [, layer, end] = /^blocks\.(\d+)\.hook_resid_(pre|post)$/.exec(hook) ?? [];
  if (layer === undefined)
    throw new InputError(`at=sae needs a hook point of the residual stream, not ${hook}.`);
  const block = Number(layer) - (end === 'pre' ? 1 : 0);
  return block < 0 ? 'input' : block;
}

function placeholderOf(tokenizer: Tokenizer): number {
  return tokenizer.encode(PLACEHOLDER)[0]!;
}
