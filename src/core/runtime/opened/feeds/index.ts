import type { Feed } from '../../session/index.js';

/** Whole numbers as an input of a graph. */
export function int64(data: readonly number[] | Int32Array, ...shape: number[]): Feed {
  return { type: 'int64', data, shape };
}

/** Numbers as an input of a graph. */
export function float32(data: Float32Array, ...shape: number[]): Feed {
  return { type: 'float32', data, shape };
}
