import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../report/errors.js';
import { isBlockDtype } from './gguf/types/index.js';
import type { Matrix, MatrixLayout } from './matrix.js';
import { readNpz } from './npz.js';
import { blockBytes, blocksOf, QUANTISATIONS, STORED_BLOCKS } from './quantise.js';
import { readSafetensorsHeader, type TensorLocation } from './safetensors.js';

const ShardIndex = z.object({ weight_map: z.record(z.string(), z.string()) });

/** The forms in which a prepared checkpoint may hold a matrix, besides plain numbers. */
const BLOCKS = [...Object.values(QUANTISATIONS), STORED_BLOCKS];

/** What an architecture asks of a checkpoint. */
export interface Weights {
  /** Where the checkpoint lies, for messages. */
  readonly folder: string;
  has(name: string): boolean;
  /**
   * @param shape the shape the architecture needs
   * @throws {InputError} when the tensor is missing or of another shape
   */
  tensor(name: string, shape: readonly number[]): TensorLocation;
  /**
   * A weight matrix: quantised if the checkpoint holds it so, else as it is.
   *
   * @param stored how the family stores it
   * @throws {InputError} when it is missing or of another shape
   */
  matrix(name: string, inputs: number, outputs: number, stored: MatrixLayout): Matrix;
}

/**
 * The tensors of a checkpoint as the Hub lays them out: one safetensors file, or shards with an index.
 */
export class Checkpoint implements Weights {
  private constructor(
    readonly folder: string,
    private readonly tensors: Map<string, TensorLocation>,
  ) {}

  /**
   * Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
   *
   * @throws {InputError} when files are missing, damaged or outside the folder
   */
  static async open(folder: string): Promise<Checkpoint> {
    const single = join(folder, 'model.safetensors');
    const index = join(folder, 'model.safetensors.index.json');
    if (existsSync(single) || !existsSync(index)) {
      return new Checkpoint(folder, await readHeader(single));
    }
    const { weight_map } = await readJson(index, ShardIndex);
    const shards = new Map<string, Map<string, TensorLocation>>();
    const tensors = new Map<string, TensorLocation>();
    for (const [name, shard] of Object.entries(weight_map)) {
      // The index is untrusted: a shard lies beside it or nowhere.
      if (shard !== basename(shard))
        throw new InputError(`The index names a shard outside the model's folder (${shard}).`);
      let locations = shards.get(shard);
      if (!locations) {
        locations = await readHeader(join(folder, shard));
        shards.set(shard, locations);
      }
      const location = locations.get(name);
      if (!location)
        throw new InputError(`${shard} lacks "${name}", which the index promises: fetch it again.`);
      tensors.set(name, location);
    }
    return new Checkpoint(folder, tensors);
  }

  /** Tensors that another reader found in a folder's files. */
  static of(folder: string, tensors: Map<string, TensorLocation>): Checkpoint {
    return new Checkpoint(folder, tensors);
  }

  /** Opens a single file, such as an SAE's: safetensors or numpy's `.npz`. */
  static async openFile(file: string): Promise<Checkpoint> {
    return new Checkpoint(dirname(file), await readHeader(file));
  }

  has(name: string): boolean {
    return this.tensors.has(name);
  }

  /** Shape of a tensor; undefined where there is none of that name. */
  shape(name: string): readonly number[] | undefined {
    return this.tensors.get(name)?.shape;
  }

  /** Every tensor with its name. */
  get entries(): Iterable<[name: string, tensor: TensorLocation]> {
    return this.tensors.entries();
  }

  /** Every tensor. */
  get all(): TensorLocation[] {
    return [...this.tensors.values()];
  }

  /** Whether graphs can use every tensor where it lies. */
  get isPlain(): boolean {
    return this.all.every(({ dtype, pairedRows }) => !isBlockDtype(dtype) && pairedRows === undefined);
  }

  /** The files that hold its tensors. */
  get files(): string[] {
    return [...new Set(this.all.map(({ file }) => file))].sort();
  }

  /** The folder in which all the files really lie. @throws {InputError} when they are scattered */
  get dataFolder(): string {
    const folders = new Set(this.files.map((file) => dirname(file)));
    if (folders.size > 1)
      throw new InputError(
        `The weights of ${this.folder} lie in several folders (links?): put the files themselves into one.`,
      );
    return [...folders][0] ?? this.folder;
  }

  matrix(name: string, inputs: number, outputs: number, stored: MatrixLayout): Matrix {
    const quantisation = BLOCKS.find(({ suffix }) => this.has(name + suffix));
    if (!quantisation) {
      const shape = stored === 'inputs,outputs' ? [inputs, outputs] : [outputs, inputs];
      return { form: 'dense', name, inputs, outputs, stored, tensor: this.tensor(name, shape) };
    }
    const { bits, blockSize, suffix, roundsRows } = quantisation;
    const offsets = `${name}${suffix}.offsets`;
    const blocks = blocksOf(inputs, quantisation);
    return {
      form: 'blocks',
      name,
      inputs,
      outputs,
      bits,
      blockSize,
      values: this.tensor(name + suffix, [outputs, blocks, blockBytes(quantisation)]),
      scales: this.tensor(`${name}${suffix}.scales`, [outputs, blocks]),
      offsets: this.has(offsets) ? this.tensor(offsets, [blocks, outputs]) : undefined,
      roundsRows,
    };
  }

  tensor(name: string, shape: readonly number[]): TensorLocation {
    const tensor = this.tensors.get(name);
    if (!tensor)
      throw new InputError(
        `The checkpoint in ${this.folder} lacks the tensor "${name}": is it complete, and of this architecture?`,
      );
    if (tensor.shape.join() !== shape.join()) {
      throw new InputError(
        `"${name}" in ${this.folder} has shape [${tensor.shape}]; expected [${shape}]: its config and weights do not belong together.`,
      );
    }
    return tensor;
  }
}

/** onnxruntime refuses weights behind a link that leads out of the folder, as the Hub's cache has them. */
async function readHeader(file: string): Promise<Map<string, TensorLocation>> {
  const real = await realpath(file).catch(() => file);
  return file.endsWith('.npz') ? readNpz(real) : readSafetensorsHeader(real);
}

/**
 * Reads and validates a JSON file.
 *
 * @throws {InputError} when it is missing, not JSON or not of the shape that `schema` describes
 */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new InputError(`${basename(file)} is missing or unreadable: fetch the model again. [${file}]`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`${basename(file)} is not valid JSON: fetch it again. [${file}]`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InputError(
    `${basename(file)}: ${issue?.path.join('.') || 'content'}: ${issue?.message}. [${file}]`,
  );
}
