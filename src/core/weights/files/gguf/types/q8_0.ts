import { type BlockType, halfAt } from './block.js';

/** 32 signed bytes with one scale: w = d q. */
export const Q8_0: BlockType = {
  id: 8,
  weights: 32,
  bytes: 34,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    for (let i = 0; i < 32; i++) unpacked[to + i] = scale * packed.getInt8(at + 2 + i);
  },
};
