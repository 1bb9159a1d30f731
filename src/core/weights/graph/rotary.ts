import type { GraphBuilder, Value } from './graph.js';

/** Cosines and sines of every row's angles, [R, 1, headSize / 2] each. */
export interface Rotation {
  cosines: Value;
  sines: Value;
}

/**
 * Angles of rotary positions (Su et al. 2021). Declares the input `positions [R]`; call once per graph.
 *
 * @param frequencies radians per position [headSize / 2]
 */
export function rotaryAngles(graph: GraphBuilder, frequencies: readonly number[]): Rotation {
  const positions = graph.toFloat(graph.input('positions', 'int64', ['R']));
  const column = graph.op('Reshape', [positions, graph.integers(-1, 1, 1)]);
  const angles = graph.op('Mul', [column, graph.vector('frequencies', frequencies)]); // [R, 1, half]
  return { cosines: graph.op('Cos', [angles]), sines: graph.op('Sin', [angles]) };
}

/**
 * Turns queries or keys by their positions. The two halves of a head are the two coordinates of each plane, as
 * Hugging Face stores the weights (not neighbouring numbers, as the paper has it).
 *
 * @param rows [R, heads * headSize]
 * @returns [R, heads * headSize]
 */
export function rotate(
  graph: GraphBuilder,
  rows: Value,
  heads: number,
  headSize: number,
  { cosines, sines }: Rotation,
): Value {
  const byHead = graph.op('Reshape', [rows, graph.integers(-1, heads, headSize)]);
  const halves = graph.integers(headSize / 2, headSize / 2);
  const [first, second] = graph.ops('Split', [byHead, halves], 2, { axis: 2 }) as [Value, Value];
  const times = (a: Value, b: Value) => graph.op('Mul', [a, b]);
  const turned = graph.op(
    'Concat',
    [
      graph.op('Sub', [times(first, cosines), times(second, sines)]),
      graph.op('Add', [times(second, cosines), times(first, sines)]),
    ],
    { axis: 2 },
  );
  return graph.op('Reshape', [turned, graph.integers(-1, heads * headSize)]);
}
