import { type BlockType, fifthBit, halfAt, nibble } from './block.js';

/** 32 weights of 5 bits with one scale: w = d (q - 16). */
export const Q5_0: BlockType = {
  id: 6,
  weights: 32,
  bytes: 22,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    for (let i = 0; i < 32; i++)
      unpacked[to + i] = scale * ((nibble(packed, at + 6, i) | fifthBit(packed, at + 2, i)) - 16);
  },
};
