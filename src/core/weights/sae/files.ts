import { dirname } from 'node:path';
import { InputError } from '../../report/errors.js';
import { readElements, type TensorLocation } from '../files/safetensors.js';
import type { SaeSource } from '../files/source.js';
import type { SaeConfig } from './formats/config.js';
import { openSaeContent } from './formats/index.js';
import type { StoredTensor, StoredTensors } from './formats/stored.js';

/** A matrix of features, whichever way a file holds it. */
export interface FeatureMatrix {
  tensor: TensorLocation;
  /** Whether each row is a feature's vector [d_sae, d_in]; else each column is [d_in, d_sae]. */
  byFeature: boolean;
}

/** The tensors that every SAE has, and those that its architecture adds; names as SAELens has them. */
export interface SaeWeights {
  /** The encoder. */
  W_enc: FeatureMatrix;
  /** The decoder. */
  W_dec: FeatureMatrix;
  /** [d_in] */
  b_dec: TensorLocation;
  /** [d_sae]; all but gated. */
  b_enc?: TensorLocation;
  /** [d_sae]; jumprelu: one of the two, or neither where its config has one for all. */
  threshold?: TensorLocation;
  log_threshold?: TensorLocation;
  /** [d_sae] each; gated. */
  b_gate?: TensorLocation;
  r_mag?: TensorLocation;
  b_mag?: TensorLocation;
  /** [d_sae]; a factor on each activation in decoding, where there is one. */
  scaling_factor?: TensorLocation;
}

/** An SAE's files, of which only what they hold is read. */
export interface SaeFiles {
  config: SaeConfig;
  weights: SaeWeights;
  /** Absolute paths. */
  files: string[];
  /** The folder in which the weights really lie, links followed. */
  dataFolder: string;
}

const RESIDUAL_STREAM = /^blocks\.\d+\.hook_resid_(pre|post)$/;

/**
 * Opens an SAE in the format of SAELens, Gemma Scope (1 and 2), dictionary_learning, Llama Scope, Qwen Scope, sparsify,
 * Goodfire or DeepSeek's R1 distillation.
 *
 * @throws {InputError} when files are missing or damaged, contradict each other, belong to another hook point, or
 *   ask for something that is not supported
 */
export async function openSaeFiles({ folder, hook, normScalingFactor }: SaeSource): Promise<SaeFiles> {
  if (!RESIDUAL_STREAM.test(hook)) {
    throw new InputError(
      `${hook} is not a hook point of the residual stream; expected blocks.{layer}.hook_resid_pre or hook_resid_post: mend the model catalogue.`,
    );
  }
  const { config, tensors, files } = await openSaeContent(folder, hook);
  if (config.hook && config.hook !== hook) {
    throw new InputError(
      `The SAE in ${folder} was trained on ${config.hook}, not on ${hook}: check the model catalogue.`,
    );
  }
  // As SAELens does: a factor is only meant for SAEs whose file asks for one.
  if (normScalingFactor !== undefined && config.normalization === 'expected_average_only_in')
    config.inputScale = normScalingFactor;
  const weights = await locate(tensors, config, folder);
  return { config, weights, files, dataFolder: dirname(weights.W_enc.tensor.file) };
}

const FLOATS = ['F32', 'F16', 'BF16', 'F64'];

async function locate(tensors: StoredTensors, config: SaeConfig, folder: string): Promise<SaeWeights> {
  const { inputSize, features, architecture } = config;
  const find = (name: string, ...shape: number[]): StoredTensor => {
    const stored = tensors.get(name);
    if (!stored)
      throw new InputError(
        `The SAE in ${folder} lacks the tensor "${name}": is it complete, and of this architecture?`,
      );
    const { tensor, flipped } = stored;
    const expected = flipped ? shape.toReversed() : shape;
    if (tensor.shape.join() !== expected.join())
      throw new InputError(
        `"${name}" in ${folder} has shape [${tensor.shape}]; expected [${expected}]: its config and weights do not belong together.`,
      );
    if (!FLOATS.includes(tensor.dtype))
      throw new InputError(
        `${name} in ${folder} has dtype ${tensor.dtype}; expected ${FLOATS.join(', ')}: convert the SAE.`,
      );
    return stored;
  };
  const perFeature = (name: string) => find(name, features).tensor;
  const encoder = find('W_enc', inputSize, features);
  const decoder = find('W_dec', features, inputSize);
  const weights: SaeWeights = {
    W_enc: { tensor: encoder.tensor, byFeature: encoder.flipped },
    W_dec: { tensor: decoder.tensor, byFeature: !decoder.flipped },
    b_dec: find('b_dec', inputSize).tensor,
  };
  if (architecture === 'gated') {
    weights.b_gate = perFeature('b_gate');
    weights.r_mag = perFeature('r_mag');
    weights.b_mag = perFeature('b_mag');
  } else {
    weights.b_enc = perFeature('b_enc');
  }
  if (architecture === 'jumprelu' && config.threshold === undefined) {
    const name = tensors.has('log_threshold') ? 'log_threshold' : 'threshold';
    const stored = tensors.get(name);
    // Those that were trained over whole batches have one for all features.
    if (name === 'threshold' && stored?.tensor.shape.length === 0)
      config.threshold = (await readElements(find(name).tensor))[0]!;
    else weights[name] = perFeature(name);
  }
  const name = ['scaling_factor', 'finetuning_scaling_factor'].find((candidate) => tensors.has(candidate));
  if (name && (await differsFromOne(perFeature(name)))) {
    if (!config.finetuned) {
      throw new InputError(
        `The SAE in ${folder} has the tensor ${name}, but its cfg.json denies it (finetuning_scaling_factor): fetch it again.`,
      );
    }
    weights.scaling_factor = perFeature(name);
  }
  return weights;
}

/** Early SAELens wrote a factor of ones into every SAE, whatever cfg.json said. */
async function differsFromOne(tensor: TensorLocation): Promise<boolean> {
  return (await readElements(tensor)).some((value) => Math.abs(value - 1) > 1e-5);
}
