import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import type { Weights } from '../../files/checkpoint.js';
import type { DecoderGraph } from '../architecture.js';
import {
  RotaryBlocks,
  type RotaryConfig,
  type RotaryStyle,
  rotaryConfig,
  type SlidingWindow,
} from '../rotaryBlocks.js';

/** What config.json of every family like Llama says; what may be left out follows from the rest. */
export const llamaConfig = <Type extends string>(type: Type) =>
  z.object({
    ...rotaryConfig,
    model_type: z.literal(type),
    num_key_value_heads: rotaryConfig.num_key_value_heads.nullish(),
    head_dim: rotaryConfig.head_dim.nullish(),
    tie_word_embeddings: z.boolean().default(false),
    hidden_act: z.enum(['silu', 'swish']).default('silu'),
  });

type LlamaConfig = Omit<RotaryConfig, 'num_key_value_heads' | 'head_dim'> & {
  num_key_value_heads?: number | null | undefined;
  head_dim?: number | null | undefined;
};

/**
 * A decoder like Llama's: norms before attention and MLP, rotary positions, SwiGLU.
 *
 * @param differences what the family has besides
 * @throws {InputError} when sizes do not fit each other or the tensors
 */
export function llamaDecoder(
  config: LlamaConfig,
  weights: Weights,
  differences: Pick<RotaryStyle, 'biases' | 'headNorms'> & { window?: SlidingWindow | undefined } = {},
): DecoderGraph {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const head_dim = config.head_dim ?? width / heads;
  if (!Number.isInteger(head_dim / 2))
    throw new InputError(`config.json: hidden_size ${width} does not give ${heads} heads of an even size.`);
  const whole = { ...config, head_dim, num_key_value_heads: config.num_key_value_heads ?? heads };
  const { window, ...style } = differences;
  const blocks = new RotaryBlocks(whole, weights, { normFrom: 0, activation: 'silu', ...style });
  return blocks.decoder(
    { scale: head_dim ** -0.5 },
    (layer, stream, attended) => blocks.preNormBlock(layer, stream, attended),
    { window },
  );
}
