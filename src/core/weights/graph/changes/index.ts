import type { GraphBuilder, Value } from '../graph.js';
import { ghostInputs } from './ghosts.js';
import { holdInputs } from './hold.js';

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
