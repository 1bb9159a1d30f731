import { z } from 'zod';
import type { Weights } from '../../files/checkpoint.js';
import { RotaryBlocks, type RotaryConfig, rotaryConfig } from '../rotaryBlocks.js';

/** What config.json of every Gemma says. */
export const gemmaConfig = <Type extends string>(type: Type) =>
  z.object({
    ...rotaryConfig,
    model_type: z.literal(type),
    tie_word_embeddings: z.boolean().default(true),
  });

/** Norms whose weights count from 1, GeGLU, and embeddings times sqrt(d_model). */
export function gemmaBlocks(config: RotaryConfig, weights: Weights): RotaryBlocks {
  return new RotaryBlocks(config, weights, {
    normFrom: 1,
    activation: 'gelu, tanh approximation',
    embeddingFactor: Math.sqrt(config.hidden_size),
  });
}
