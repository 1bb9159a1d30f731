import type { Checkpoint, Weights } from '../files/checkpoint.js';
import { checkFinite, finitePieces, notFinite } from '../files/finite.js';
import {
  type FourBits,
  type RepackedBlocks,
  repackBlocks,
  staysPacked,
} from '../files/gguf/types/fourBits.js';
import type { DenseMatrix, Matrix, MatrixLayout } from '../files/matrix.js';
import {
  blockBytes,
  blocksOf,
  QUANTISATIONS,
  type Quantisation,
  quantiseRows,
  STORED_BLOCKS,
} from '../files/quantise.js';
import { elementCount, readBytes, readElements, type TensorLocation } from '../files/safetensors.js';
import { bytesOf, type TensorToWrite } from '../files/safetensorsWriter.js';
import { isRounded, type WeightType } from '../files/source.js';
import type { Architecture } from '../graph/architecture.js';
import { DerivedFile } from './derivedFile.js';

/** Raised when weights are quantised, or written, in another way. */
const VERSION = 2;
/** Weights read at a time: bounds memory at four times as many bytes, and as many again while they are transposed. */
const WEIGHTS_AT_A_TIME = 16e6;

/**
 * Writes a copy of a checkpoint with every weight matrix quantised, tables of embeddings included, and everything else
 * as float32; with `float32` matrices, too, which graphs can then use where the original is packed, and with `stored`
 * those that graphs cannot use packed. Rows of the input embeddings are read from the original.
 *
 * @param onBytes called with the bytes of weights read so far and altogether; throwing stops the work
 * @returns the copy, the one that is there if it is whole
 * @throws {InputError} when the checkpoint is damaged or not of this architecture, or the disk is full
 */
export async function quantiseCheckpoint(
  checkpoint: Checkpoint,
  architecture: Architecture,
  config: unknown,
  dtype: WeightType,
  prepared: string,
  onBytes: (done: number, total: number) => void | Promise<void> = () => {},
): Promise<Checkpoint> {
  const name = `weights.${dtype}`;
  const file = await DerivedFile.in(prepared, { name, version: VERSION, sources: checkpoint.files });
  const make = () => {
    const wanted = new WantedWeights(checkpoint);
    architecture(config, wanted);
    const matrices = [...wanted.matrices.values()];
    const others = [...wanted.tensors.entries()];
    const total = [...matrices.map(({ tensor }) => tensor), ...others.map(([, tensor]) => tensor)].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    let done = 0;
    const read = async (bytes: number) => {
      done += bytes;
      await onBytes(done, total);
    };
    return [
      ...others.map(([name, tensor]) => plainTensor(name, tensor, read)),
      ...matrices.flatMap((matrix) => {
        if (isRounded(dtype)) return quantisedTensors(matrix, QUANTISATIONS[dtype], read);
        const isPacked = dtype === 'stored' && matrix.stored === 'outputs,inputs';
        return isPacked && staysPacked(matrix.tensor.dtype)
          ? storedTensors(matrix, matrix.tensor.dtype, read)
          : [plainTensor(matrix.name, matrix.tensor, read)];
      }),
    ];
  };
  return file.make(make, () => onBytes(0, 1));
}

/** The 4-bit blocks of a file as MatMulNBits has them, number for number. */
function storedTensors(
  { name, inputs, outputs, tensor }: DenseMatrix,
  dtype: FourBits,
  read: (bytes: number) => Promise<void>,
): TensorToWrite[] {
  const blocks = blocksOf(inputs, STORED_BLOCKS);
  const valueName = name + STORED_BLOCKS.suffix;
  let packed: RepackedBlocks;
  const vectors: TensorToWrite[] = [
    {
      name: `${valueName}.scales`,
      dtype: 'F32',
      shape: [outputs, blocks],
      pieces: () => [bytesOf(packed.scales)],
    },
  ];
  if (dtype === 'Q4_1')
    vectors.push({
      name: `${valueName}.offsets`,
      dtype: 'F32',
      shape: [blocks, outputs],
      pieces: () => [bytesOf(packed.offsets)],
    });
  return [
    {
      name: valueName,
      dtype: 'U8',
      shape: [outputs, blocks, blockBytes(STORED_BLOCKS)],
      async *pieces() {
        packed = repackBlocks(await readBytes(tensor), dtype, blocks, tensor.pairedRows);
        checkFinite(name, packed.scales, blocks, 0);
        const at = packed.offsets.findIndex((offset) => !Number.isFinite(offset));
        if (at >= 0) throw notFinite(name, at % outputs, packed.offsets[at]!);
        yield packed.values;
        await read(tensor.length);
      },
    },
    ...vectors,
  ];
}

/** Finds out which weights an architecture uses, and how; the graph that it makes of them meanwhile is of no use. */
class WantedWeights implements Weights {
  readonly tensors = new Map<string, TensorLocation>();
  readonly matrices = new Map<string, DenseMatrix>();

  constructor(private readonly checkpoint: Checkpoint) {}

  get folder(): string {
    return this.checkpoint.folder;
  }

  has(name: string): boolean {
    return this.checkpoint.has(name);
  }

  tensor(name: string, shape: readonly number[]): TensorLocation {
    const tensor = this.checkpoint.tensor(name, shape);
    this.tensors.set(name, tensor);
    return asPlain(tensor);
  }

  matrix(name: string, inputs: number, outputs: number, stored: MatrixLayout): Matrix {
    const matrix = this.checkpoint.matrix(name, inputs, outputs, stored);
    if (matrix.form !== 'dense') return matrix;
    this.matrices.set(name, matrix);
    return { ...matrix, tensor: asPlain(matrix.tensor) };
  }
}

/** As if a graph could use it where it lies. */
function asPlain({ pairedRows: _, ...tensor }: TensorLocation): TensorLocation {
  return { ...tensor, dtype: 'F32' };
}

/** A tensor as float32. */
function plainTensor(
  name: string,
  tensor: TensorLocation,
  read: (bytes: number) => Promise<void>,
): TensorToWrite {
  return {
    name,
    dtype: 'F32',
    shape: tensor.shape,
    async *pieces() {
      for await (const elements of finitePieces(name, tensor)) {
        yield bytesOf(elements);
        await read((tensor.length / elementCount(tensor.shape)) * elements.length);
      }
    },
  };
}

/** The integers, and their scales, which are known once the integers have been written. */
function quantisedTensors(
  { name, inputs, outputs, stored, tensor }: DenseMatrix,
  quantisation: Quantisation,
  read: (bytes: number) => Promise<void>,
): TensorToWrite[] {
  const blocks = blocksOf(inputs, quantisation);
  const scales: Uint8Array[] = [];
  const valueName = name + quantisation.suffix;
  return [
    {
      name: valueName,
      dtype: 'U8',
      shape: [outputs, blocks, blockBytes(quantisation)],
      async *pieces() {
        let done = 0;
        for await (const rows of outputRows(tensor, inputs, outputs, stored)) {
          checkFinite(name, rows, inputs, done);
          done += rows.length / inputs;
          const quantised = quantiseRows(rows, inputs, quantisation);
          scales.push(bytesOf(quantised.scales));
          yield quantised.values;
          await read((tensor.length / (inputs * outputs)) * rows.length);
        }
      },
    },
    {
      name: `${valueName}.scales`,
      dtype: 'F32',
      shape: [outputs, blocks],
      pieces: () => scales.splice(0),
    },
  ];
}

/** Rows [n, inputs] of a matrix, however it is stored. */
async function* outputRows(
  tensor: TensorLocation,
  inputs: number,
  outputs: number,
  stored: MatrixLayout,
): AsyncGenerator<Float32Array> {
  const rowsAtATime = Math.max(1, Math.floor(WEIGHTS_AT_A_TIME / inputs));
  if (stored === 'outputs,inputs') {
    for (let first = 0; first < outputs; first += rowsAtATime) {
      const count = Math.min(rowsAtATime, outputs - first);
      yield await readElements(tensor, first * inputs, count * inputs);
    }
    return;
  }
  const columns = await readElements(tensor);
  for (let first = 0; first < outputs; first += rowsAtATime) {
    const count = Math.min(rowsAtATime, outputs - first);
    const rows = new Float32Array(count * inputs);
    for (let input = 0; input < inputs; input++)
      for (let row = 0; row < count; row++)
        rows[row * inputs + input] = columns[input * outputs + first + row]!;
    yield rows;
  }
}
