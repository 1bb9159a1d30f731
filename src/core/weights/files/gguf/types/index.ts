import type { BlockType } from './block.js';
import { Q4_0 } from './q4_0.js';
import { Q4_1 } from './q4_1.js';
import { Q4_K } from './q4_k.js';
import { Q5_0 } from './q5_0.js';
import { Q5_1 } from './q5_1.js';
import { Q5_K } from './q5_k.js';
import { Q6_K } from './q6_k.js';
import { Q8_0 } from './q8_0.js';

/** The packed types by the names that llama.cpp gives them. A new type is one file and a word here. */
export const BLOCK_TYPES = {
  Q8_0,
  Q4_0,
  Q4_1,
  Q5_0,
  Q5_1,
  Q4_K,
  Q5_K,
  Q6_K,
} satisfies Record<string, BlockType>;
export type BlockDtype = keyof typeof BLOCK_TYPES;

export function isBlockDtype(dtype: string): dtype is BlockDtype {
  return Object.hasOwn(BLOCK_TYPES, dtype);
}

/** Whole blocks as float32. @param bytes of any alignment */
export function unpackBlocks(bytes: Uint8Array, dtype: BlockDtype): Float32Array {
  const type: BlockType = BLOCK_TYPES[dtype];
  const blocks = bytes.byteLength / type.bytes;
  const packed = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const unpacked = new Float32Array(blocks * type.weights);
  for (let block = 0; block < blocks; block++)
    type.unpack(packed, block * type.bytes, unpacked, block * type.weights);
  return unpacked;
}
