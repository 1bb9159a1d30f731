import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../report/errors.js';
import { Checkpoint, readJson } from '../files/checkpoint.js';
import { readElements, type TensorLocation } from '../files/safetensors.js';
import type { SaeSource } from '../files/source.js';
import { gemmaScopeConfig, type SaeConfig, SaeConfigFile, saeConfig } from './config.js';

/** The tensors that every SAE has, and those that its architecture adds; names as SAELens has them. */
export interface SaeWeights {
  /** [d_in, d_sae] */
  W_enc: TensorLocation;
  /** [d_sae, d_in] */
  W_dec: TensorLocation;
  /** [d_in] */
  b_dec: TensorLocation;
  /** [d_sae]; all but gated. */
  b_enc?: TensorLocation;
  /** [d_sae]; jumprelu: one of the two. */
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
const WEIGHTS = 'sae_weights.safetensors';
const CONFIG = 'cfg.json';
const GEMMA_SCOPE = 'params.npz';

/**
 * Opens an SAE in SAELens' format (cfg.json, sae_weights.safetensors) or Gemma Scope's (params.npz).
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
  const { config, tensors, files } = existsSync(join(folder, GEMMA_SCOPE))
    ? await gemmaScope(folder)
    : await saeLens(folder);
  if (config.hook && config.hook !== hook) {
    throw new InputError(
      `The SAE in ${folder} was trained on ${config.hook}, not on ${hook}: check the model catalogue.`,
    );
  }
  // As SAELens does: a factor is only meant for SAEs whose file asks for one.
  if (normScalingFactor !== undefined && config.normalization === 'expected_average_only_in')
    config.inputScale = normScalingFactor;
  const weights = await locate(tensors, config);
  return { config, weights, files, dataFolder: tensors.dataFolder };
}

async function saeLens(folder: string) {
  const config = saeConfig(await readJson(join(folder, CONFIG), SaeConfigFile), folder);
  const tensors = await Checkpoint.openFile(join(folder, WEIGHTS));
  return { config, tensors, files: [join(folder, CONFIG), join(folder, WEIGHTS)] };
}

async function gemmaScope(folder: string) {
  const tensors = await Checkpoint.openFile(join(folder, GEMMA_SCOPE));
  const [inputSize, features, ...more] = tensors.shape('W_enc') ?? tensors.shape('w_enc') ?? [];
  if (!inputSize || !features || more.length > 0) {
    throw new InputError(`${GEMMA_SCOPE} in ${folder} has no matrix W_enc: fetch the SAE again.`);
  }
  return { config: gemmaScopeConfig(inputSize, features), tensors, files: [join(folder, GEMMA_SCOPE)] };
}

async function locate(tensors: Checkpoint, config: SaeConfig): Promise<SaeWeights> {
  const { inputSize, features, architecture } = config;
  const find = (name: string, ...shape: number[]): TensorLocation => {
    // Later releases of Gemma Scope write w_enc for W_enc.
    const lower = name.toLowerCase();
    const tensor = tensors.tensor(!tensors.has(name) && tensors.has(lower) ? lower : name, shape);
    if (!['F32', 'F16', 'BF16'].includes(tensor.dtype)) {
      throw new InputError(
        `${name} in ${tensors.folder} has dtype ${tensor.dtype}; expected F32, F16 or BF16: convert the SAE.`,
      );
    }
    return tensor;
  };
  const perFeature = (name: string) => find(name, features);
  const weights: SaeWeights = {
    W_enc: find('W_enc', inputSize, features),
    W_dec: find('W_dec', features, inputSize),
    b_dec: find('b_dec', inputSize),
  };
  if (architecture === 'gated') {
    weights.b_gate = perFeature('b_gate');
    weights.r_mag = perFeature('r_mag');
    weights.b_mag = perFeature('b_mag');
  } else {
    weights.b_enc = perFeature('b_enc');
  }
  if (architecture === 'jumprelu') {
    const name = tensors.has('log_threshold') ? 'log_threshold' : 'threshold';
    weights[name] = perFeature(name);
  }
  const name = ['scaling_factor', 'finetuning_scaling_factor'].find((candidate) => tensors.has(candidate));
  if (name && (await differsFromOne(perFeature(name)))) {
    if (!config.finetuned) {
      throw new InputError(
        `The SAE in ${tensors.folder} has the tensor ${name}, but its ${CONFIG} denies it (finetuning_scaling_factor): fetch it again.`,
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
