import type { GraphBuilder, Value } from './graph.js';

/** Cosines and sines of every row's angles, [R, headSize / 2] each. */
export interface Rotation {
  cosines: Value;
  sines: Value;
}

/**
 * Angles of rotary positions (Su et al. 2021). Declares the input `positions [R]`; call once per graph.
 *
 * @param frequencies radians per position [headSize / 2], once for each way of turning that the graph has
 * @returns as many rotations
 */
export function rotaryAngles(graph: GraphBuilder, ...frequencies: (readonly number[])[]): Rotation[] {
  const positions = graph.toFloat(graph.input('positions', 'int64', ['R']));
  const column = graph.op('Reshape', [positions, graph.integers(-1, 1)]);
  return frequencies.map((each, way) => {
    const angles = graph.op('Mul', [column, graph.vector(`frequencies.${way}`, each)]); // [R, half]
    return { cosines: graph.op('Cos', [angles]), sines: graph.op('Sin', [angles]) };
  });
}

/** Heads of which only the first numbers are turned. */
export interface PartialRotation {
  heads: number;
  /** How many numbers of each head are turned; even. */
  turned: number;
}

/**
 * Turns queries or keys by their positions. The two halves of a head are the two coordinates of each plane, as
 * Hugging Face stores the weights (not neighbouring numbers, as the paper has it).
 *
 * @param rows [R, heads * headSize]
 * @param partial absent: heads are turned as a whole
 * @returns [R, heads * headSize]
 */
export function rotate(
  graph: GraphBuilder,
  rows: Value,
  width: number,
  { cosines, sines }: Rotation,
  partial?: PartialRotation,
): Value {
  // To the operator the rows are one sequence whose r-th position has the r-th angles.
  const first = graph.integers(0);
  const inputs = [graph.op('Unsqueeze', [rows, first]), first, cosines, sines];
  const attributes = partial && { num_heads: partial.heads, rotary_embedding_dim: partial.turned };
  const turned = graph.op('RotaryEmbedding', inputs, attributes ?? {}, 'com.microsoft');
  return graph.op('Squeeze', [graph.shaped(turned, 1, 'R', width), first]);
}
