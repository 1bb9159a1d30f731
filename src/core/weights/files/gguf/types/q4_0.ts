import { type BlockType, halfAt, nibble } from './block.js';

/** 32 weights of 4 bits with one scale: w = d (q - 8). */
export const Q4_0: BlockType = {
  id: 2,
  weights: 32,
  bytes: 18,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    for (let i = 0; i < 32; i++) unpacked[to + i] = scale * (nibble(packed, at + 2, i) - 8);
  },
};
