import type { FeatureActivation } from '../../model/ports.js';
import { InputError } from '../../report/errors.js';
import { readElements, readStrided, type TensorLocation } from '../files/safetensors.js';
import type { SaeSource } from '../files/source.js';
import { featureActivation, featureWriting } from './activation.js';
import { featureRows, type SaePart } from './featureMajor.js';
import { openSaeFiles, type SaeFiles } from './files.js';
import { saeDecoderGraph, saeEncoderGraph } from './graph.js';

/** A sparse autoencoder, in whichever format. Only what is asked for is read. */
export class Sae {
  private constructor(
    /** TransformerLens name of the place in the model, such as `blocks.10.hook_resid_post`. */
    readonly hook: string,
    /** Whether it was trained on a residual stream without its mean over d_model. */
    readonly centered: boolean,
    private readonly content: SaeFiles,
    /** Features as rows [d_sae, d_in], where the file has them so or a copy was prepared. */
    private readonly rows: Readonly<Record<SaePart, TensorLocation | undefined>>,
  ) {}

  /**
   * @param prepared folder that may hold a feature-major copy of the encoder, which is used when it is fresh
   * @throws {InputError} when files are missing or damaged, contradict each other, or belong to another hook point
   */
  static async open(source: SaeSource, prepared?: string): Promise<Sae> {
    const content = await openSaeFiles(source);
    const { W_enc, W_dec } = content.weights;
    const rows = {
      encoder: await featureRows('encoder', W_enc, source.hook, prepared),
      decoder: await featureRows('decoder', W_dec, source.hook, prepared),
    };
    const centered = source.centered ?? content.config.centered;
    return new Sae(source.hook, centered, content, rows);
  }

  /** The folder in which its weights really lie, to which the graph refers. */
  get dataFolder(): string {
    return this.content.dataFolder;
  }

  /** Absolute paths of its files. */
  get files(): readonly string[] {
    return this.content.files;
  }

  /** Width of the residual stream. */
  get inputSize(): number {
    return this.content.config.inputSize;
  }

  /** Number of features. */
  get features(): number {
    return this.content.config.features;
  }

  /**
   * The vector of one feature: column `W_enc[:, feature]` or row `W_dec[feature]`.
   *
   * @returns [inputSize]
   * @throws {InputError} when there is no such feature, or its vector holds a number that is not finite
   */
  async vector(feature: number, weights: 'encoder' | 'decoder'): Promise<Float32Array> {
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.features) {
      throw new InputError(
        `Feature ${feature} does not exist: ${this.hook} has features 0 to ${this.features - 1}.`,
      );
    }
    const rows = this.rows[weights];
    const vector = await (rows
      ? readElements(rows, feature * this.inputSize, this.inputSize)
      : readStrided(this.columns(weights), feature, this.features, this.inputSize));
    this.requireFinite(vector, feature, weights);
    return vector;
  }

  /**
   * The vectors of `count` features from `first` on, which all exist.
   *
   * @returns [count, inputSize]
   * @throws {InputError} when one of them holds a number that is not finite
   */
  async vectors(first: number, count: number, weights: 'encoder' | 'decoder'): Promise<Float32Array> {
    const vectors = await this.readVectors(first, count, weights);
    this.requireFinite(vectors, first, weights);
    return vectors;
  }

  private requireFinite(vectors: Float32Array, first: number, weights: 'encoder' | 'decoder'): void {
    const at = vectors.findIndex((value) => !Number.isFinite(value));
    if (at < 0) return;
    const feature = first + Math.floor(at / this.inputSize);
    const place = weights === 'decoder' ? `Row ${feature} of W_dec` : `Column ${feature} of W_enc`;
    throw new InputError(
      `${place} of the SAE at ${this.hook} has a number that is not finite (NaN or infinity): nothing can be said of feature ${feature}. Ask for another feature, or fetch the SAE again.`,
    );
  }

  private async readVectors(
    first: number,
    count: number,
    weights: 'encoder' | 'decoder',
  ): Promise<Float32Array> {
    const { inputSize } = this;
    const rows = this.rows[weights];
    if (rows) return readElements(rows, first * inputSize, count * inputSize);
    const columns = this.columns(weights);
    const vectors = new Float32Array(count * inputSize);
    for (let input = 0; input < inputSize; input++) {
      const values = await readElements(columns, input * this.features + first, count);
      for (let i = 0; i < count; i++) vectors[i * inputSize + input] = values[i]!;
    }
    return vectors;
  }

  /** The matrix of which features are columns. */
  private columns(weights: SaePart): TensorLocation {
    const { W_enc, W_dec } = this.content.weights;
    return (weights === 'decoder' ? W_dec : W_enc).tensor;
  }

  /** See `featureActivation`. */
  async activation(feature: number): Promise<FeatureActivation> {
    return featureActivation(this.content, this.centered, await this.vector(feature, 'encoder'), feature);
  }

  /** See `featureWriting`. */
  async writing(feature: number): Promise<Float32Array> {
    return featureWriting(this.content, await this.vector(feature, 'decoder'), feature);
  }

  /** Memory that the encoder takes while it is open: W_enc in float32, and a few numbers for each feature. */
  get encoderBytes(): number {
    return Float32Array.BYTES_PER_ELEMENT * this.features * (this.inputSize + 2);
  }

  /** See `saeEncoderGraph`. */
  encoderGraph(): Uint8Array {
    const { config, weights } = this.content;
    return saeEncoderGraph(config, weights, this.centered);
  }

  /** See `saeDecoderGraph`. */
  decoderGraph(): Uint8Array {
    const { config, weights } = this.content;
    return saeDecoderGraph(config, weights, this.centered);
  }
}
