import type { GraphBuilder, Value } from './graph.js';

/** Shape of one attention layer. */
export interface AttentionShape {
  heads: number;
  headSize: number;
  /** Factor on the query-key products. */
  scale: number;
}

/**
 * What a row may look at, given to the graph with every batch. Rows of a batch are independent positions of
 * different continuations, so each names its own past:
 * `shared [P]` rows of the store that all rows see (the prompt), `ancestors [R, S]` rows of the store that only
 * this row sees (the tokens between prompt and row), `peers [R, T]` rows of the same batch (at least itself).
 */
export interface Visibility {
  /** [1, heads, P] and [R, heads, S] rows of the store viewed as [N * heads, headSize]; [R, heads, T] likewise. */
  shared: Value;
  ancestors: Value;
  peers: Value;
  /** [R, 1, P + S + T]: 0 where a row may look, a large negative number at padding. */
  mask: Value;
  /** [2]: the sizes P (at least 1: onnxruntime leaves products over an empty axis undefined) and S + T. */
  parts: Value;
}

/** Declares the inputs of `Visibility`; call once per graph. */
export function visibilityInputs(graph: GraphBuilder, heads: number): Visibility {
  const headRange = graph.op('Reshape', [
    graph.integers(...Array(heads).keys()),
    graph.integers(1, heads, 1),
  ]);
  // Index of row r of head h in a [rows * heads, headSize] view; lets one Gather deliver a head-major block,
  // so that no transposition of keys or values is needed.
  const perHead = (rows: Value, axis: number) =>
    graph.op('Add', [
      graph.op('Mul', [
        graph.op('Unsqueeze', [rows, graph.integers(...(axis === 1 ? [1] : [0, 1]))]),
        graph.integers(heads),
      ]),
      headRange,
    ]);
  return {
    shared: perHead(graph.input('shared', 'int64', ['P']), 0),
    ancestors: perHead(graph.input('ancestors', 'int64', ['R', 'S']), 1),
    peers: perHead(graph.input('peers', 'int64', ['R', 'T']), 1),
    mask: graph.op('Unsqueeze', [graph.input('mask', 'float32', ['R', 'V']), graph.integers(1)]),
    parts: graph.input('parts', 'int64', [2]),
  };
}

/**
 * Attention of each row over the shared rows, its ancestors and its peers: scores of the parts are concatenated
 * under one softmax. Declares the layer's store as inputs and its new keys and values as outputs.
 *
 * @param query,key,value [R, heads * headSize] of this batch
 * @returns [R, heads * headSize]
 */
export function cachedAttention(
  graph: GraphBuilder,
  layer: number,
  query: Value,
  key: Value,
  value: Value,
  visible: Visibility,
  { heads, headSize, scale }: AttentionShape,
): Value {
  const width = heads * headSize;
  const byHead = (rows: Value) => graph.op('Reshape', [rows, graph.integers(-1, headSize)]);
  const store = (name: string, rows: Value) => {
    graph.output(`new.${name}.${layer}`, rows, 'float32', ['R', width]);
    const past = byHead(graph.input(`past.${name}.${layer}`, 'float32', ['N', width]));
    const own = graph.op(
      'Concat',
      [graph.op('Gather', [past, visible.ancestors]), graph.op('Gather', [byHead(rows), visible.peers])],
      { axis: 2 },
    ); // [R, heads, S + T, headSize]
    const shared = graph.op('Squeeze', [graph.op('Gather', [past, visible.shared]), graph.integers(0)]); // [heads, P, headSize]
    return { own, shared };
  };
  const keys = store('keys', key);
  const values = store('values', value);

  const q = graph.op('Mul', [query, graph.scalar(scale)]);
  const column = graph.op('Reshape', [q, graph.integers(-1, heads, headSize, 1)]);
  const ownScores = graph.op('Squeeze', [graph.op('MatMul', [keys.own, column]), graph.integers(3)]); // [R, heads, S + T]
  const headMajor = graph.op('Transpose', [graph.op('Reshape', [q, graph.integers(-1, heads, headSize)])], {
    perm: [1, 0, 2],
  });
  const sharedScores = graph.op(
    'Transpose',
    [graph.op('MatMul', [headMajor, graph.op('Transpose', [keys.shared], { perm: [0, 2, 1] })])],
    { perm: [1, 0, 2] },
  ); // [R, heads, P]

  const scores = graph.op('Concat', [sharedScores, ownScores], { axis: 2 }); // [R, heads, P + S + T]
  const weights = graph.op('Softmax', [graph.op('Add', [scores, visible.mask])], { axis: 2 });
  const [sharedWeights, ownWeights] = graph.ops('Split', [weights, visible.parts], 2, { axis: 2 });
  const fromOwn = graph.op('MatMul', [graph.op('Unsqueeze', [ownWeights!, graph.integers(2)]), values.own]); // [R, heads, 1, headSize]
  const fromShared = graph.op(
    'Transpose',
    [graph.op('MatMul', [graph.op('Transpose', [sharedWeights!], { perm: [1, 0, 2] }), values.shared])],
    { perm: [1, 0, 2] },
  ); // [R, heads, headSize]
  const flat = (result: Value) => graph.op('Reshape', [result, graph.integers(-1, width)]);
  return graph.op('Add', [flat(fromOwn), flat(fromShared)]);
}
