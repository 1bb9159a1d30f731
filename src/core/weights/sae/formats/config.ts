import { z } from 'zod';
import { InputError } from '../../../report/errors.js';

/** What turns pre-activations into feature activations; names as SAELens has them. */
export const SAE_ARCHITECTURES = ['standard', 'gated', 'topk', 'jumprelu'] as const;
export type SaeArchitecture = (typeof SAE_ARCHITECTURES)[number];

/** What is done to the residual stream before it is encoded, and undone after it is decoded. */
export const SAE_NORMALIZATIONS = [
  'none',
  'expected_average_only_in',
  'constant_norm_rescale',
  'layer_norm',
] as const;
export type SaeNormalization = (typeof SAE_NORMALIZATIONS)[number];

/** How an SAE is to be computed: what every version of SAELens' cfg.json says, in one form. */
export interface SaeConfig {
  architecture: SaeArchitecture;
  /** TransformerLens name of the hook point; undefined where the file does not say. */
  hook: string | undefined;
  /** Width of the residual stream, d_in. */
  inputSize: number;
  /** Number of features, d_sae. */
  features: number;
  /** topk: how many features may be active at a position. */
  k: number | undefined;
  /** jumprelu: one for all features, where it does not stand among the weights. */
  threshold: number | undefined;
  /** topk: pre-activations are in units of the decoder rows' lengths. */
  rescaleByDecoderNorm: boolean;
  /** Whether b_dec is subtracted from the input. */
  applyDecoderBias: boolean;
  normalization: SaeNormalization;
  /** expected_average_only_in: the factor on the input; 1 where none is known, as SAELens does it. */
  inputScale: number;
  /** Whether the weights hold a factor on each activation that is to be used in decoding. */
  finetuned: boolean;
  /** TransformerLens' center_writing_weights: the residual stream's mean over d_in is subtracted first. */
  centered: boolean;
}

const ModelArguments = z.looseObject({ center_writing_weights: z.boolean().nullish() }).nullish();
const size = z.number().int().positive();

/**
 * `cfg.json` of SAELens 6 (nested: `metadata`), of 3 to 5 (flat) and of the first releases (`hook_point`,
 * `activation_fn_str`, a boolean `normalize_activations` or none).
 */
export const SaeConfigFile = z.looseObject({
  d_in: size,
  d_sae: size,
  architecture: z.string().nullish(),
  activation_fn: z.string().nullish(),
  activation_fn_str: z.string().nullish(),
  activation_fn_kwargs: z.looseObject({ k: size.nullish() }).nullish(),
  k: size.nullish(),
  rescale_acts_by_decoder_norm: z.boolean().nullish(),
  apply_b_dec_to_input: z.boolean().nullish(),
  normalize_activations: z.union([z.string(), z.boolean()]).nullish(),
  norm_scaling_factor: z.number().positive().nullish(),
  finetuning_scaling_factor: z.boolean().nullish(),
  hook_name: z.string().nullish(),
  hook_point: z.string().nullish(),
  model_from_pretrained_kwargs: ModelArguments,
  metadata: z
    .looseObject({
      hook_name: z.string().nullish(),
      norm_scaling_factor: z.number().positive().nullish(),
      model_from_pretrained_kwargs: ModelArguments,
    })
    .nullish(),
});

/**
 * Reads a cfg.json as SAELens does: what is left out has SAELens' default.
 *
 * @param folder for messages
 * @throws {InputError} when it asks for something that is not supported or contradicts itself
 */
export function saeConfig(file: z.infer<typeof SaeConfigFile>, folder: string): SaeConfig {
  const unknown = (what: string, value: string, names: readonly string[]) =>
    new InputError(
      `The SAE in ${folder} has ${what} "${value}"; known: ${names.join(', ')}. Choose another SAE.`,
    );
  const { metadata } = file;
  const activation = file.activation_fn ?? file.activation_fn_str ?? 'relu';
  if (activation !== 'relu' && activation !== 'topk')
    throw unknown('the activation', activation, ['relu', 'topk']);
  const k = file.k ?? file.activation_fn_kwargs?.k ?? undefined;
  // Old files write a topk SAE as a standard one with another activation.
  const named = file.architecture ?? 'standard';
  const isTopK = activation === 'topk' && (named === 'standard' || k !== undefined);
  const architecture = isTopK ? 'topk' : named;
  if (!isOneOf(SAE_ARCHITECTURES, architecture))
    throw unknown('the architecture', architecture, SAE_ARCHITECTURES);

  const stated = file.normalize_activations ?? 'none';
  const normalization = typeof stated === 'string' ? stated : stated ? 'expected_average_only_in' : 'none';
  if (!isOneOf(SAE_NORMALIZATIONS, normalization))
    throw unknown('normalize_activations', normalization, SAE_NORMALIZATIONS);

  const modelArguments = metadata?.model_from_pretrained_kwargs ?? file.model_from_pretrained_kwargs;
  return {
    architecture,
    hook: metadata?.hook_name ?? file.hook_name ?? file.hook_point ?? undefined,
    inputSize: file.d_in,
    features: file.d_sae,
    k: architecture === 'topk' ? topKOf(k, file.d_sae, `cfg.json in ${folder}`) : undefined,
    threshold: undefined,
    rescaleByDecoderNorm: architecture === 'topk' && file.rescale_acts_by_decoder_norm === true,
    applyDecoderBias: file.apply_b_dec_to_input ?? true,
    normalization,
    inputScale:
      normalization === 'expected_average_only_in'
        ? (metadata?.norm_scaling_factor ?? file.norm_scaling_factor ?? 1)
        : 1,
    finetuned: file.finetuning_scaling_factor === true,
    centered: modelArguments?.center_writing_weights ?? false,
  };
}

/** What other formats than SAELens' say, which is less. */
export function plainConfig(
  sizes: Pick<SaeConfig, 'inputSize' | 'features'>,
  rest: Pick<SaeConfig, 'architecture'> & Partial<SaeConfig>,
): SaeConfig {
  return {
    hook: undefined,
    k: undefined,
    threshold: undefined,
    rescaleByDecoderNorm: false,
    applyDecoderBias: false,
    normalization: 'none',
    inputScale: 1,
    finetuned: false,
    centered: false,
    ...sizes,
    ...rest,
  };
}

/** An SAE of Gemma Scope (Lieberum et al. 2024). */
export function jumpReluConfig(
  sizes: Pick<SaeConfig, 'inputSize' | 'features'>,
  hook?: string | undefined,
): SaeConfig {
  return plainConfig(sizes, { architecture: 'jumprelu', hook });
}

/**
 * How many features of a topk SAE may be active.
 *
 * @param file that says it, for messages
 * @throws {InputError} when it says nothing, or more than there are
 */
export function topKOf(k: number | undefined, features: number, file: string): number {
  if (k !== undefined && k <= features) return k;
  throw new InputError(
    `${file}: k is ${k ?? 'missing'}; a topk SAE of ${features} features needs one of 1 to ${features}: fetch the SAE again.`,
  );
}

function isOneOf<T extends string>(names: readonly T[], value: string): value is T {
  return (names as readonly string[]).includes(value);
}
