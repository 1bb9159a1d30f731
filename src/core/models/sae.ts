import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../errors.js';
import { Checkpoint, readJson } from './checkpoint.js';
import { readElements, readStrided, type TensorLocation } from './safetensors.js';

const Kwargs = z.looseObject({ center_writing_weights: z.boolean().optional() }).nullish();

/**
 * `cfg.json` as SAELens writes it: since version 6 nested (`metadata.hook_name`), before that flat, and in the
 * oldest releases with `hook_point` for `hook_name`.
 */
const Config = z.object({
  d_in: z.number().int().positive(),
  d_sae: z.number().int().positive(),
  metadata: z
    .looseObject({ hook_name: z.string().optional(), model_from_pretrained_kwargs: Kwargs })
    .nullish(),
  model_from_pretrained_kwargs: Kwargs,
  hook_name: z.string().nullish(),
  hook_point: z.string().nullish(),
});

/** A sparse autoencoder in SAELens' file format. Only what is asked for is read. */
export class Sae {
  private constructor(
    /** TransformerLens name of the place in the model, such as `blocks.10.hook_resid_post`. */
    readonly hook: string,
    /** Width of the residual stream. */
    readonly inputSize: number,
    /** Number of features. */
    readonly features: number,
    /** Whether it was trained on a residual stream without its mean over d_model. */
    readonly centered: boolean,
    private readonly encoder: TensorLocation,
    private readonly decoder: TensorLocation,
  ) {}

  /**
   * @param folder holds cfg.json and sae_weights.safetensors
   * @param hook where the SAE is expected to belong
   * @throws {InputError} when files are missing or damaged, or belong to another hook point
   */
  static async open(folder: string, hook: string): Promise<Sae> {
    const config = await readJson(join(folder, 'cfg.json'), Config);
    const named = config.metadata?.hook_name ?? config.hook_name ?? config.hook_point;
    if (named && named !== hook) {
      throw new InputError(
        `The SAE in ${folder} was trained on ${named}, not on ${hook}: check the model catalogue.`,
      );
    }
    const kwargs = config.metadata?.model_from_pretrained_kwargs ?? config.model_from_pretrained_kwargs;
    const weights = await Checkpoint.openFile(join(folder, 'sae_weights.safetensors'));
    const { d_in, d_sae } = config;
    return new Sae(
      hook,
      d_in,
      d_sae,
      kwargs?.center_writing_weights ?? false,
      weights.tensor('W_enc', [d_in, d_sae]),
      weights.tensor('W_dec', [d_sae, d_in]),
    );
  }

  /**
   * The vector of one feature: column `W_enc[:, feature]` or row `W_dec[feature]`.
   *
   * @returns [inputSize]
   * @throws {InputError} when there is no such feature
   */
  async vector(feature: number, weights: 'encoder' | 'decoder'): Promise<Float32Array> {
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.features) {
      throw new InputError(
        `Feature ${feature} does not exist: ${this.hook} has features 0 to ${this.features - 1}.`,
      );
    }
    return weights === 'decoder'
      ? readElements(this.decoder, feature * this.inputSize, this.inputSize)
      : readStrided(this.encoder, feature, this.features, this.inputSize);
  }
}
