import { type BlockType, halfAt, nibble } from './block.js';

/** 32 weights of 4 bits with a scale and a minimum: w = d q + m. */
export const Q4_1: BlockType = {
  id: 3,
  weights: 32,
  bytes: 20,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    const minimum = halfAt(packed, at + 2);
    // The product is exact in float64 and in float32; the sum is rounded once, when it is stored.
    for (let i = 0; i < 32; i++) unpacked[to + i] = scale * nibble(packed, at + 4, i) + minimum;
  },
};
