import type { FeatureActivation } from '../../model/ports.js';
import { InputError } from '../../report/errors.js';
import { readElements, type TensorLocation } from '../files/safetensors.js';
import type { SaeFiles } from './files.js';

/**
 * How one feature's activation follows from the stock model's residual stream, without the others. With e = W_enc[:, f],
 * s the constant factor on the input, and everything linear taken together:
 *
 *     pre = x . encoder + bias     encoder = s e, less its own mean where the stream is centred
 *                                  bias    = b_enc - b_dec . e   (gated: - b_dec . e; no b_dec where it is not applied)
 *     standard   max(0, pre)
 *     jumprelu   max(0, pre) where pre > threshold
 *     gated      max(0, exp(r_mag) pre + b_mag) where pre > -b_gate
 *
 * @param column W_enc[:, f] [inputSize]
 * @throws {InputError} when the activation depends on the other features, or on the stream in another way
 */
export async function featureActivation(
  { config, weights }: SaeFiles,
  centered: boolean,
  column: Float32Array,
  feature: number,
): Promise<FeatureActivation> {
  const { architecture, normalization, inputScale } = config;
  if (architecture === 'topk')
    throw new InputError(
      'clamp needs an activation that depends on the feature alone, and in a topk SAE the others decide whether it is active: use steer=... instead.',
    );
  if (normalization === 'constant_norm_rescale' || normalization === 'layer_norm')
    throw new InputError(
      `clamp does not know SAEs whose input is normalised row by row (${normalization}): use steer=... instead.`,
    );
  const numberOf = async (tensor: TensorLocation | undefined) =>
    tensor ? (await readElements(tensor, feature, 1))[0]! : 0;
  const decoderBias = config.applyDecoderBias ? await readElements(weights.b_dec) : undefined;
  const shift = decoderBias?.reduce((sum, value, i) => sum + value * column[i]!, 0) ?? 0;
  const mean = centered ? column.reduce((sum, value) => sum + value, 0) / column.length : 0;
  const { b_enc, threshold, log_threshold, b_gate, r_mag, b_mag } = weights;
  const gated = architecture === 'gated';
  const jump =
    config.threshold ?? (log_threshold ? Math.exp(await numberOf(log_threshold)) : await numberOf(threshold));
  return {
    encoder: column.map((value) => inputScale * (value - mean)),
    bias: (await numberOf(b_enc)) - shift,
    threshold: gated ? -(await numberOf(b_gate)) : jump,
    gain: gated ? Math.exp(await numberOf(r_mag)) : 1,
    offset: gated ? await numberOf(b_mag) : 0,
  };
}

/**
 * What an activation of 1 adds to the stream: `W_dec[f]`, with the factors that the SAE's decoding has. Where an input is
 * normalised row by row, undoing that is left out.
 *
 * @param row W_dec[f] [inputSize]
 */
export async function featureWriting(
  { config, weights }: SaeFiles,
  row: Float32Array,
  feature: number,
): Promise<Float32Array> {
  const finetuned = weights.scaling_factor ? await readElements(weights.scaling_factor, feature, 1) : [1];
  const length = config.rescaleByDecoderNorm ? Math.hypot(...row) : 1;
  const factor = finetuned[0]! / (config.inputScale * length);
  return row.map((value) => value * factor);
}
