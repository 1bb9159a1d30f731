import type { Batch, LanguageModel } from './ports.js';

/** A model in all whose batches something holds besides: a feature is held, or ghosts stand after a block. */
export function inEveryBatch(
  language: LanguageModel,
  besides: Pick<Batch, 'hold' | 'ghostsAfter'>,
): LanguageModel {
  const { vocabularySize, contextLength, hiddenSize } = language;
  return {
    vocabularySize,
    contextLength,
    hiddenSize,
    createStore: () => language.createStore(),
    forward: (batch, store) => language.forward({ ...batch, ...besides }, store),
    residual: (batch, hook) => language.residual({ ...batch, ...besides }, hook),
  };
}
