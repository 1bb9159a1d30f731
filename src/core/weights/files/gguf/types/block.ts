import { float16 } from '../../../../maths/float16.js';

/** A way in which GGUF packs weights, in blocks along a row. */
export interface BlockType {
  /** Weights of a block. */
  weights: number;
  /** Bytes of a block. */
  bytes: number;
  /** Its number in the file (`ggml_type`). */
  id: number;
  /**
   * Unpacks one block.
   *
   * @param packed the block is at `at`
   * @param unpacked its weights are written from `to` on
   */
  unpack(packed: DataView, at: number, unpacked: Float32Array, to: number): void;
}

/** The float16 at a place. */
export function halfAt(packed: DataView, at: number): number {
  return float16(packed.getUint16(at, true));
}

/** Of 4-bit blocks of 32: the low halves of 16 bytes are the first 16 weights, the high halves the others. */
export function nibble(packed: DataView, from: number, weight: number): number {
  const byte = packed.getUint8(from + (weight % 16));
  return weight < 16 ? byte & 15 : byte >> 4;
}

/** Of 5-bit blocks of 32: the fifth bit of each weight, at its place in the number; 32 bits behind the scales hold them. */
export function fifthBit(packed: DataView, from: number, weight: number): number {
  return ((packed.getUint32(from, true) >>> weight) & 1) << 4;
}
