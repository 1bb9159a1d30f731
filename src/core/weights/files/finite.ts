import { InputError } from '../../report/errors.js';
import type { Checkpoint } from './checkpoint.js';
import { elementCount, readElements, type TensorLocation } from './safetensors.js';

/** Weights read at a time: bounds memory at four times as many bytes. */
const AT_A_TIME = 16e6;

/**
 * @param width elements of a row
 * @param firstRow number of the row that `elements` begin with
 * @throws {InputError} naming tensor and row of the first number that is NaN or infinite
 */
export function checkFinite(name: string, elements: Float32Array, width: number, firstRow: number): void {
  const at = elements.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw notFinite(name, firstRow + Math.floor(at / width), elements[at]!);
}

/** The error about a number of a weight that is NaN or infinite. */
export function notFinite(name: string, row: number, value: number): InputError {
  return new InputError(
    `Row ${row} of "${name}" has a number that is not finite (${value}): fetch the model again, or choose another.`,
  );
}

/** Whether all numbers are finite; a sum says it faster than a look at each. */
export function allFinite(numbers: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]! * 0;
  return sum === 0;
}

/**
 * The numbers of a tensor as float32, so many whole rows at a time as bounds memory.
 *
 * @throws {InputError} naming tensor and row of the first number that is NaN or infinite
 */
export async function* finitePieces(name: string, tensor: TensorLocation): AsyncGenerator<Float32Array> {
  const size = elementCount(tensor.shape);
  const width = tensor.shape.length > 1 ? tensor.shape.at(-1)! : size;
  const step = Math.max(1, Math.floor(AT_A_TIME / width)) * width;
  for (let first = 0; first < size; first += step) {
    const elements = await readElements(tensor, first, Math.min(step, size - first));
    checkFinite(name, elements, width, first / width);
    yield elements;
  }
}

/**
 * Looks through all weights for what makes a model compute numbers that are not finite. It is done only when that has
 * happened: weights that are used where they lie are not read before.
 *
 * @returns the error to show
 */
export async function whyNotFinite(checkpoint: Checkpoint): Promise<Error> {
  try {
    for (const [name, tensor] of checkpoint.entries) for await (const _ of finitePieces(name, tensor));
  } catch (error) {
    return error as Error;
  }
  return new InputError(
    `The model in ${checkpoint.folder} computes numbers that are not finite, though its weights are: its config and weights do not belong together, or its activations are too large for float32.`,
  );
}
