import type { GraphBuilder, Value } from './graph.js';

/**
 * Lets ghosts be put at a place of the residual stream, and then a feature be held there: place 0 is the stream before the
 * first block, place l + 1 the stream after block l.
 *
 * @param update what is about to be added to the stream [R, width]; it comes back changed, because the blocks add and
 *   normalise in one operator
 * @param stream makes the stream as it would be without a change [R, width]
 */
export type ChangeAt = (place: number, update: Value, stream: () => Value) => Value;

/** Declares the inputs that say what is changed where. */
export function changeInputs(graph: GraphBuilder, layers: number, width: number): ChangeAt {
  const changes = [ghostInputs(graph, layers + 1, width), holdInputs(graph, layers + 1)];
  return (place, update, stream) => {
    const conditions = changes.map(({ isAt }) => isAt[place]!);
    // One question a place where nothing is changed, which is nearly everywhere.
    return graph.either(
      conditions.reduce((either, other) => graph.op('Or', [either, other])),
      () => {
        const free = stream();
        const changed = changes.reduce(
          (before, { isAt, added }) =>
            graph.either(
              isAt[place]!,
              () => graph.op('Add', [before, added(before)]),
              () => before,
              ['R', width],
            ),
          free,
        );
        return graph.op('Add', [update, graph.op('Sub', [changed, free])]);
      },
      () => update,
      ['R', width],
    );
  };
}

/** Something that may be done to the residual stream at one of its places. */
interface Change {
  /** For each place whether it is done there: one boolean. */
  isAt: Value[];
  /** What is added to the stream [R, width]; computed only where it is done. */
  added: (stream: Value) => Value;
}

/**
 * Inputs by which one feature is held at one place of the residual stream, in some rows:
 *
 *     x <- x + rows * (target - a(x)) * decoder,   a(x) = max(0, gain * pre + offset) where pre > threshold, else 0
 *                                                  pre  = x . encoder + bias
 *
 * `hold.at [places]` is 1 at that place. Where all are 0 none of this is computed, and the other inputs,
 * `hold.rows [R, 1]` (1 in rows where it is held, else 0), `hold.encoder [width, 1]`, `hold.decoder [1, width]` and
 * `hold.numbers [5]` (bias, threshold, gain, offset, target), are not read.
 */
function holdInputs(graph: GraphBuilder, places: number): Change {
  const isAt = flags(graph, 'hold.at', places);
  const rows = graph.input('hold.rows', 'float32', ['H', 1]);
  const encoder = graph.input('hold.encoder', 'float32', ['E', 1]);
  const decoder = graph.input('hold.decoder', 'float32', [1, 'E']);
  const numbers = graph.input('hold.numbers', 'float32', ['N']);
  const added = (stream: Value): Value => {
    const parts = graph.ops('Split', [numbers, graph.integers(1, 1, 1, 1, 1)], 5, { axis: 0 });
    const [bias, threshold, gain, offset, target] = parts as [Value, Value, Value, Value, Value];
    const pre = graph.op('Add', [graph.op('MatMul', [stream, encoder]), bias]); // [R, 1]
    const value = graph.op('Relu', [graph.op('Add', [graph.op('Mul', [pre, gain]), offset])]);
    const activation = graph.op('Where', [graph.op('Greater', [pre, threshold]), value, graph.scalar(0)]);
    const missing = graph.op('Mul', [rows, graph.op('Sub', [target, activation])]);
    return graph.op('MatMul', [missing, decoder]);
  };
  return { isAt, added };
}

/** An input of one number a place, not 0 where something is done: one boolean for each. */
function flags(graph: GraphBuilder, name: string, places: number): Value[] {
  const all = graph.toBoolean(graph.input(name, 'int64', [places]));
  const ones = graph.integers(...Array.from({ length: places }, () => 1));
  return graph.ops('Split', [all, ones], places, { axis: 0 });
}

/**
 * Inputs by which vectors replace the residual stream in some rows at one place: x <- x + rows * (vectors - x).
 *
 * `ghosts.at [places]` is 1 at that place. Where all are 0 none of this is computed, and `ghosts.rows [R, 1]` (1 in the
 * rows that are replaced, else 0) and `ghosts.vectors [R, width]` are not read.
 */
function ghostInputs(graph: GraphBuilder, places: number, width: number): Change {
  const isAt = flags(graph, 'ghosts.at', places);
  const rows = graph.input('ghosts.rows', 'float32', ['G', 1]);
  const vectors = graph.input('ghosts.vectors', 'float32', ['G', width]);
  return { isAt, added: (stream) => graph.op('Mul', [rows, graph.op('Sub', [vectors, stream])]) };
}
