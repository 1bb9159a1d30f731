import { halfAt } from './block.js';
import { storedRow } from './pairedRows.js';
import { Q4_0 } from './q4_0.js';
import { Q4_1 } from './q4_1.js';

/** The types whose blocks a graph can use as they are, but for the order of their bits. */
const FOUR_BITS = { Q4_0, Q4_1 };
export type FourBits = keyof typeof FOUR_BITS;

/** Whether a matrix of this dtype can stay packed. */
export function staysPacked(dtype: string): dtype is FourBits {
  return Object.hasOwn(FOUR_BITS, dtype);
}

/** Blocks of 32 weights, `scale * (q - 8) + offset` each. */
export interface RepackedBlocks {
  /** Two q to a byte, neighbours together, the first in the low half [rows, blocks, 16]. */
  values: Uint8Array;
  /** [rows, blocks] */
  scales: Float32Array;
  /** [blocks, rows]; empty for Q4_0. */
  offsets: Float32Array;
}

/**
 * The same numbers in the layout of onnxruntime's MatMulNBits without zero points, for which
 *
 *     Q4_0: d (q - 8)         as it is
 *     Q4_1: d q + m           = d (q - 8) + (m + 8 d)
 *
 * @param bytes of whole rows
 * @param blocks of a row
 * @param headSize of rows that stand in pairs; they come back in order
 */
export function repackBlocks(
  bytes: Uint8Array,
  dtype: FourBits,
  blocks: number,
  headSize?: number,
): RepackedBlocks {
  const { bytes: blockBytes } = FOUR_BITS[dtype];
  const rows = bytes.length / blockBytes / blocks;
  const packed = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Uint8Array(rows * blocks * 16);
  const scales = new Float32Array(rows * blocks);
  const offsets = new Float32Array(dtype === 'Q4_1' ? blocks * rows : 0);
  const start = blockBytes - 16;
  for (let row = 0; row < rows; row++) {
    const stored = headSize === undefined ? row : storedRow(row, headSize);
    for (let block = 0; block < blocks; block++) {
      const at = (stored * blocks + block) * blockBytes;
      const index = row * blocks + block;
      const scale = halfAt(packed, at);
      scales[index] = scale;
      if (dtype === 'Q4_1') offsets[block * rows + row] = halfAt(packed, at + 2) + 8 * scale;
      // A byte of the file holds weights i and i + 16.
      for (let i = 0; i < 8; i++) {
        const first = bytes[at + start + 2 * i]!;
        const second = bytes[at + start + 2 * i + 1]!;
        values[index * 16 + i] = (first & 15) | ((second & 15) << 4);
        values[index * 16 + 8 + i] = (first >> 4) | (second & 0xf0);
      }
    }
  }
  return { values, scales, offsets };
}
