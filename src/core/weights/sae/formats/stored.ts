import { InputError } from '../../../report/errors.js';
import type { TensorLocation } from '../../files/safetensors.js';
import type { TorchTensor } from '../../files/torch/index.js';
import type { SaeConfig } from './config.js';

/** A tensor of an SAE's file. */
export interface StoredTensor {
  /** As it lies in the file. */
  tensor: TensorLocation;
  /** Whether that is the transposition of what SAELens calls by the name. */
  flipped: boolean;
}

/** An SAE's tensors by SAELens' names: `W_enc [d_in, d_sae]`, `W_dec [d_sae, d_in]`, `b_enc`, `b_dec`, `threshold`, ... */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** An SAE as one of the formats holds it. */
export interface SaeContent {
  config: SaeConfig;
  tensors: StoredTensors;
  /** Absolute paths. */
  files: string[];
}

/** Where a format keeps a tensor: its name in the file, and `flipped` for matrices of torch.nn.Linear. */
export type Places = Readonly<Record<string, string | { flipped: string }>>;

/** The weights of torch.nn.Linear are [outputs, inputs]. */
export const flipped = (name: string) => ({ flipped: name });

/** Tensors by SAELens' names; those that the file lacks are left out. */
export function renamed(
  tensors: ReadonlyMap<string, TensorLocation | TorchTensor>,
  places: Places,
): Map<string, StoredTensor> {
  const found = new Map<string, StoredTensor>();
  for (const [name, place] of Object.entries(places)) {
    const isFlipped = typeof place !== 'string';
    const tensor = tensors.get(isFlipped ? place.flipped : place);
    if (!tensor) continue;
    const isView = 'transposed' in tensor && tensor.transposed;
    found.set(name, { tensor, flipped: isFlipped !== isView });
  }
  return found;
}

/**
 * Sizes of an SAE by its encoder.
 *
 * @throws {InputError} when it has none
 */
export function sizesOf(tensors: StoredTensors, folder: string): { inputSize: number; features: number } {
  const encoder = tensors.get('W_enc');
  const [rows, columns, ...more] = encoder?.tensor.shape ?? [];
  if (!encoder || !rows || !columns || more.length > 0)
    throw new InputError(`The SAE in ${folder} has no matrix W_enc: fetch the SAE again.`);
  return encoder.flipped ? { inputSize: columns, features: rows } : { inputSize: rows, features: columns };
}
