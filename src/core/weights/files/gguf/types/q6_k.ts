import { type BlockType, halfAt } from './block.js';

/** Where the parts of a block begin, behind the low four bits of all weights. */
const AT = { high: 128, scales: 192, d: 208 };

/** 256 weights of 6 bits in groups of 16, each group with a scale of 8 bits: w = d scale (q - 32). */
export const Q6_K: BlockType = {
  id: 14,
  weights: 256,
  bytes: 210,
  unpack(packed, at, unpacked, to) {
    const d = halfAt(packed, at + AT.d);
    for (let weight = 0; weight < 256; weight++) {
      const half = weight >> 7;
      const quarter = (weight >> 5) & 3; // of the half
      const i = weight & 31;
      const low = packed.getUint8(at + 64 * half + 32 * (quarter & 1) + i);
      const high = (packed.getUint8(at + AT.high + 32 * half + i) >> (2 * quarter)) & 3;
      const q = (quarter < 2 ? low & 15 : low >> 4) | (high << 4);
      unpacked[to + weight] = d * packed.getInt8(at + AT.scales + (weight >> 4)) * (q - 32);
    }
  },
};
