import { type BlockType, fifthBit, halfAt, nibble } from './block.js';

/** 32 weights of 5 bits with a scale and a minimum: w = d q + m. */
export const Q5_1: BlockType = {
  id: 7,
  weights: 32,
  bytes: 24,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    const minimum = halfAt(packed, at + 2);
    for (let i = 0; i < 32; i++)
      unpacked[to + i] = scale * (nibble(packed, at + 8, i) | fifthBit(packed, at + 4, i)) + minimum;
  },
};
