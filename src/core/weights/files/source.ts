import type { ParityBand } from '../../features/activation/parity.js';

export type { ParityBand } from '../../features/activation/parity.js';

/** Where a model's files lie and how they are to be used; plain data from the catalogue. */
export interface ModelSource {
  /** Name people use, such as `gemma-2b`. */
  id: string;
  /** Absolute path of a folder with config.json, model.safetensors (or shards), tokenizer.json, or with a GGUF file. */
  folder: string;
  /** Absolute path of the folder for what ghosttree derives from those files; it need not exist. */
  prepared: string;
  /** What the weight matrices are held in. */
  dtype: WeightType;
  /** Name of the SAE release. */
  release: string;
  /** SAEs by layer. */
  saes: Record<number, SaeSource>;
}

/**
 * `stored`: the very numbers of the model's files, packed matrices in 4-bit blocks as they are. The others as
 * transformers.js names them: full precision, 8 bits and 4 bits per weight in blocks with a scale each.
 */
export const WEIGHT_TYPES = ['stored', 'float32', 'q8', 'q4'] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** The types that round weights. */
export type RoundedType = 'q8' | 'q4';

/** Whether a type computes with weights that are rounded, so that what is measured with them differs a little. */
export function isRounded(dtype: string): dtype is RoundedType {
  return dtype === 'q8' || dtype === 'q4';
}

/** One SAE. */
export interface SaeSource {
  /** TransformerLens name of the hook point, such as `blocks.10.hook_resid_post`. */
  hook: string;
  /** Absolute path of a folder in one of the formats of `core/weights/sae/formats`. */
  folder: string;
  /**
   * Whether the SAE was trained on a residual stream without its mean over d_model (TransformerLens'
   * `center_writing_weights`), where the release is known to and its cfg.json may not say so.
   */
  centered?: boolean | undefined;
  /**
   * The factor on the input of an SAE with `normalize_activations: expected_average_only_in`. SAELens keeps it in its
   * list of releases (`norm_scaling_factor`), not in cfg.json; an SAE whose cfg.json asks for none ignores it.
   */
  normScalingFactor?: number | undefined;
  /** Where the parity check's results should lie, as far as the release's own numbers are known. */
  parity?: ParityBand | undefined;
}
