import { z } from 'zod';
import type { Weights } from '../../files/checkpoint.js';
import type { Value } from '../graph.js';
import { RotaryBlocks, type RotaryConfig, type RotaryStyle, rotaryConfig } from '../rotaryBlocks.js';

/** What config.json of every Gemma says. */
export const gemmaConfig = <Type extends string>(type: Type) =>
  z.object({
    ...rotaryConfig,
    model_type: z.literal(type),
    tie_word_embeddings: z.boolean().default(true),
    // GGUF's form of the weights of norms: 1 + w.
    norms_are_whole_gains: z.boolean().default(false),
  });

/** Norms whose weights count from 1, GeGLU, and embeddings times sqrt(d_model). */
export function gemmaBlocks(
  config: RotaryConfig & { norms_are_whole_gains: boolean },
  weights: Weights,
  differences: Pick<RotaryStyle, 'headNorms' | 'prefixes'> = {},
): RotaryBlocks {
  return new RotaryBlocks(config, weights, {
    ...differences,
    normFrom: config.norms_are_whole_gains ? 0 : 1,
    activation: 'gelu, tanh approximation',
    embeddingFactor: Math.sqrt(config.hidden_size),
  });
}

/** A block of Gemma 2 and later, with norms before and after attention and MLP. */
export function fourNormBlock(
  blocks: RotaryBlocks,
  layer: number,
  stream: Value,
  attended: Value,
): [Value, Value] {
  const name = `layers.${layer}`;
  const attention = blocks.norm(attended, `${name}.post_attention_layernorm`);
  const [normalised, middle] = blocks.addAndNorm(stream, attention, `${name}.pre_feedforward_layernorm`);
  const mlp = blocks.norm(blocks.mlp(normalised, `${name}.mlp`), `${name}.post_feedforward_layernorm`);
  return blocks.endBlock(layer, middle, mlp);
}
