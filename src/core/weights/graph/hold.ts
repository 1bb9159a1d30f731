import type { GraphBuilder, Value } from './graph.js';

/**
 * A place of the residual stream at which a feature may be held: place 0 is the stream before the first block, place
 * l + 1 the stream after block l.
 *
 * @param update what is about to be added there [R, width]; it comes back changed when the feature is held here
 * @param stream makes the stream as it would be without being held [R, width]
 */
export type HoldAt = (place: number, update: Value, stream: () => Value) => Value;

/**
 * Inputs by which one feature is held at one place of the residual stream, in some rows:
 *
 *     x <- x + rows * (target - a(x)) * decoder,   a(x) = max(0, gain * pre + offset) where pre > threshold, else 0
 *                                                  pre  = x . encoder + bias
 *
 * `hold.at [layers + 1]` is 1 at that place. Where all are 0 none of this is computed, and the other inputs,
 * `hold.rows [R, 1]` (1 in rows where it is held, else 0), `hold.encoder [width, 1]`, `hold.decoder [1, width]` and
 * `hold.numbers [5]` (bias, threshold, gain, offset, target), are not read.
 *
 * What comes back is the update and not the stream, since the blocks add and normalise in one operator.
 */
export function holdInputs(graph: GraphBuilder, layers: number, width: number): HoldAt {
  const at = graph.toBoolean(graph.input('hold.at', 'int64', [layers + 1]));
  const ones = graph.integers(...Array.from({ length: layers + 1 }, () => 1));
  const places = graph.ops('Split', [at, ones], layers + 1, { axis: 0 });
  const rows = graph.input('hold.rows', 'float32', ['H', 1]);
  const encoder = graph.input('hold.encoder', 'float32', ['E', 1]);
  const decoder = graph.input('hold.decoder', 'float32', [1, 'E']);
  const numbers = graph.input('hold.numbers', 'float32', ['N']);
  const change = (stream: Value): Value => {
    const parts = graph.ops('Split', [numbers, graph.integers(1, 1, 1, 1, 1)], 5, { axis: 0 });
    const [bias, threshold, gain, offset, target] = parts as [Value, Value, Value, Value, Value];
    const pre = graph.op('Add', [graph.op('MatMul', [stream, encoder]), bias]); // [R, 1]
    const value = graph.op('Relu', [graph.op('Add', [graph.op('Mul', [pre, gain]), offset])]);
    const activation = graph.op('Where', [graph.op('Greater', [pre, threshold]), value, graph.scalar(0)]);
    const missing = graph.op('Mul', [rows, graph.op('Sub', [target, activation])]);
    return graph.op('MatMul', [missing, decoder]);
  };
  return (place, update, stream) =>
    graph.either(
      places[place]!,
      () => graph.op('Add', [update, change(stream())]),
      () => update,
      ['R', width],
    );
}
