import type { RoundedType } from './source.js';

/** The quantised forms, as names of tensors in a prepared checkpoint tell them apart. */
export interface Quantisation {
  bits: 4 | 8;
  /** Inputs that share a scale. Four bits are too few for as long a block as eight bits serve well. */
  blockSize: number;
  /** What is added to the matrix's name; the scales are called the same with `.scales` behind. */
  suffix: string;
  /** Whether the rows that are multiplied are rounded to 8 bits, too. */
  roundsRows: boolean;
}

export const QUANTISATIONS: Record<RoundedType, Quantisation> = {
  q8: { bits: 8, blockSize: 128, suffix: '.q8', roundsRows: true },
  q4: { bits: 4, blockSize: 32, suffix: '.q4', roundsRows: true },
};

/** Matrices that their file holds in 4-bit blocks: nothing is rounded, so the rows are not, either. */
export const STORED_BLOCKS: Quantisation = { bits: 4, blockSize: 32, suffix: '.stored', roundsRows: false };

/** Blocks per row; the last one may be filled up. */
export function blocksOf(inputs: number, { blockSize }: Quantisation): number {
  return Math.ceil(inputs / blockSize);
}

/** Bytes of one block. */
export function blockBytes({ bits, blockSize }: Quantisation): number {
  return (bits * blockSize) / 8;
}

/**
 * Quantises rows symmetrically in blocks, in the layout of onnxruntime's MatMulNBits without zero points:
 * a weight is `scale * (q - 2^(bits-1))`.
 *
 *     8 bits: scale = max|w| / 127                                 the block's extremes are exact
 *     4 bits: scale = w_max / -8, w_max the weight of largest size    uses all 16 values, not 15
 *
 * @param rows [count, inputs]
 * @returns integers [count, blocks, blockBytes], two to a byte (low half first) at 4 bits, and scales [count, blocks]
 */
export function quantiseRows(
  rows: Float32Array,
  inputs: number,
  quantisation: Quantisation,
): { values: Uint8Array; scales: Float32Array } {
  const { bits, blockSize } = quantisation;
  const blocks = blocksOf(inputs, quantisation);
  const count = rows.length / inputs;
  const values = new Uint8Array(count * blocks * blockBytes(quantisation));
  const scales = new Float32Array(count * blocks);
  const middle = 2 ** (bits - 1);
  const highest = 2 * middle - 1;
  for (let row = 0; row < count; row++) {
    for (let block = 0; block < blocks; block++) {
      const first = row * inputs + block * blockSize;
      const last = Math.min(first + blockSize, (row + 1) * inputs);
      const extreme = largest(rows, first, last);
      const scale = Math.fround(bits === 8 ? Math.abs(extreme) / 127 : extreme / -8);
      const index = row * blocks + block;
      scales[index] = scale;
      const inverse = scale === 0 ? 0 : 1 / scale;
      for (let i = 0; i < blockSize; i++) {
        const weight = first + i < last ? rows[first + i]! : 0;
        const q = Math.min(highest, Math.max(0, Math.round(weight * inverse) + middle));
        if (bits === 8) values[index * blockSize + i] = q;
        else values[(index * blockSize + i) >> 1]! |= i % 2 === 0 ? q : q << 4;
      }
    }
  }
  return { values, scales };
}

/** The number of largest size, with its sign. */
function largest(numbers: Float32Array, first: number, last: number): number {
  let extreme = 0;
  for (let i = first; i < last; i++) if (Math.abs(numbers[i]!) > Math.abs(extreme)) extreme = numbers[i]!;
  return extreme;
}
