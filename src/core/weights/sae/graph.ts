import { GraphBuilder, type Value } from '../graph/graph.js';
import type { FeatureMatrix, SaeWeights } from './files.js';
import type { SaeConfig } from './formats/config.js';

/** SAELens' addition to the standard deviation in its layer_norm mode. */
const LAYER_NORM_EPSILON = 1e-5;

/** A normalisation and its inverse. */
interface Normalization {
  /** The stream as the SAE wants it [R, d_in]. */
  input: Value;
  /** Maps a reconstruction [R, d_in] back. */
  undo: (reconstruction: Value) => Value;
}

/**
 * An SAE's encoder as an ONNX graph over its files: SAELens' `encode` (sae_lens/saes/, version 6).
 *
 *     x  = residual, less its mean over d_in where `centered`
 *     x' = normalise(x) - b_dec (where b_dec is applied to the input)
 *     activations = activate(x' W_enc + b_enc)
 *
 * Input `residual [R, d_in]`, the stock model's stream; output `activations [R, d_sae]`. Encoder and decoder are two
 * graphs because each holds half of the weights.
 *
 * @param centered whether the SAE was trained on a stream without its mean over d_in
 * @returns encoded ONNX model
 */
export function saeEncoderGraph(config: SaeConfig, weights: SaeWeights, centered: boolean): Uint8Array {
  const graph = new GraphBuilder();
  const { input } = normalize(graph, config, streamInput(graph, config, centered));
  const encoderInput = config.applyDecoderBias
    ? graph.op('Sub', [input, graph.weight('b_dec', weights.b_dec)])
    : input;
  const activations = activate(graph, config, weights, encoderInput);
  graph.output('activations', activations, 'float32', ['R', config.features]);
  return graph.encode();
}

/**
 * An SAE's decoder as an ONNX graph: SAELens' `decode`.
 *
 *     reconstruction = undo(normalise)(activations W_dec + b_dec)
 *
 * Inputs `residual [R, d_in]`, from which the normalisation is known, and `activations [R, d_sae]`; outputs
 * `target [R, d_in]`, the x above, and `reconstruction [R, d_in]` of it.
 *
 * @returns encoded ONNX model
 */
export function saeDecoderGraph(config: SaeConfig, weights: SaeWeights, centered: boolean): Uint8Array {
  const { inputSize, features } = config;
  const graph = new GraphBuilder();
  const target = streamInput(graph, config, centered);
  const { undo } = normalize(graph, config, target);
  const activations = graph.input('activations', 'float32', ['R', features]);
  const decoderInput = decoderInputOf(graph, config, weights, activations);
  const { tensor, byFeature } = weights.W_dec;
  const factors = [decoderInput, graph.weight('W_dec', tensor), graph.weight('b_dec', weights.b_dec)];
  const decoded = graph.op('Gemm', factors, byFeature ? {} : { transB: 1 });
  graph.output('target', target, 'float32', ['R', inputSize]);
  graph.output('reconstruction', undo(decoded), 'float32', ['R', inputSize]);
  return graph.encode();
}

/** The stream that is to be reconstructed. */
function streamInput(graph: GraphBuilder, { inputSize }: SaeConfig, centered: boolean): Value {
  const residual = graph.input('residual', 'float32', ['R', inputSize]);
  return centered
    ? graph.op('Sub', [residual, meanOfRows(graph, residual)])
    : graph.op('Identity', [residual]);
}

function normalize(graph: GraphBuilder, config: SaeConfig, stream: Value): Normalization {
  const { inputSize, inputScale } = config;
  switch (config.normalization) {
    case 'constant_norm_rescale': {
      const norm = graph.op('ReduceL2', [stream], { axes: [1] });
      const factor = graph.op('Div', [graph.scalar(Math.sqrt(inputSize)), norm]);
      return {
        input: graph.op('Mul', [stream, factor]),
        undo: (reconstruction) => graph.op('Div', [reconstruction, factor]),
      };
    }
    case 'layer_norm': {
      const mean = meanOfRows(graph, stream);
      const centred = graph.op('Sub', [stream, mean]);
      const squares = graph.op('ReduceSumSquare', [centred], { axes: [1] });
      // PyTorch's std divides by n - 1.
      const deviation = graph.op('Sqrt', [graph.op('Div', [squares, graph.scalar(inputSize - 1)])]);
      const divisor = graph.op('Add', [deviation, graph.scalar(LAYER_NORM_EPSILON)]);
      return {
        input: graph.op('Div', [centred, divisor]),
        undo: (reconstruction) => graph.op('Add', [graph.op('Mul', [reconstruction, deviation]), mean]),
      };
    }
    default: {
      if (inputScale === 1) return { input: stream, undo: (reconstruction) => reconstruction };
      const scale = graph.scalar(inputScale);
      return {
        input: graph.op('Mul', [stream, scale]),
        undo: (reconstruction) => graph.op('Div', [reconstruction, scale]),
      };
    }
  }
}

/** Feature activations [R, d_sae]. */
function activate(graph: GraphBuilder, config: SaeConfig, weights: SaeWeights, input: Value): Value {
  const weight = (name: Exclude<keyof SaeWeights, 'W_enc' | 'W_dec'>) => graph.weight(name, weights[name]!);
  const zero = graph.scalar(0);
  if (config.architecture === 'gated') {
    // x (W_enc * exp(r_mag)) is (x W_enc) * exp(r_mag): one product serves gate and magnitude.
    const product = encoded(graph, input, weights.W_enc);
    const gate = graph.op('Greater', [graph.op('Add', [product, weight('b_gate')]), zero]);
    const scaled = graph.op('Mul', [product, graph.op('Exp', [weight('r_mag')])]);
    const magnitude = graph.op('Relu', [graph.op('Add', [scaled, weight('b_mag')])]);
    return graph.op('Where', [gate, magnitude, zero]);
  }
  const pre = encoded(graph, input, weights.W_enc, weight('b_enc'));
  switch (config.architecture) {
    case 'standard':
      return graph.op('Relu', [pre]);
    case 'jumprelu': {
      const threshold =
        config.threshold !== undefined
          ? graph.scalar(config.threshold)
          : weights.log_threshold
            ? graph.op('Exp', [weight('log_threshold')])
            : weight('threshold');
      return graph.op('Where', [graph.op('Greater', [pre, threshold]), graph.op('Relu', [pre]), zero]);
    }
    case 'topk': {
      const ranked = config.rescaleByDecoderNorm ? graph.op('Mul', [pre, decoderNorms(graph, weights)]) : pre;
      const [values, indices] = graph.ops('TopK', [ranked, graph.integers(config.k!)], 2, { axis: 1 });
      const none = graph.op('ConstantOfShape', [graph.op('Shape', [pre])]);
      return graph.op('ScatterElements', [none, indices!, graph.op('Relu', [values!])], { axis: 1 });
    }
  }
}

/** Rows [R, d_in] times the encoder, and a bias: [R, d_sae]. */
function encoded(
  graph: GraphBuilder,
  rows: Value,
  { tensor, byFeature }: FeatureMatrix,
  bias?: Value,
): Value {
  const factors = [rows, graph.weight('W_enc', tensor), ...(bias === undefined ? [] : [bias])];
  return graph.op('Gemm', factors, byFeature ? { transB: 1 } : {});
}

/** Activations in the units of the decoder's rows. */
function decoderInputOf(
  graph: GraphBuilder,
  config: SaeConfig,
  weights: SaeWeights,
  activations: Value,
): Value {
  if (weights.scaling_factor) {
    return graph.op('Mul', [activations, graph.weight('scaling_factor', weights.scaling_factor)]);
  }
  return config.rescaleByDecoderNorm
    ? graph.op('Div', [activations, decoderNorms(graph, weights)])
    : activations;
}

/** Lengths of the decoder's rows [d_sae]. */
function decoderNorms(graph: GraphBuilder, weights: SaeWeights): Value {
  const { tensor, byFeature } = weights.W_dec;
  return graph.op('ReduceL2', [graph.weight('W_dec', tensor)], { axes: [byFeature ? 1 : 0], keepdims: 0 });
}

/** [R, 1] */
function meanOfRows(graph: GraphBuilder, rows: Value): Value {
  return graph.op('ReduceMean', [rows], { axes: [1] });
}
