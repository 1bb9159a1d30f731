import { groupedBlocks } from './groups.js';

/** 256 weights of 5 bits in groups of 32; bit g of byte i is the fifth one of weight i of group g. */
export const Q5_K = groupedBlocks(13, {
  bytes: 32,
  bits: (packed, from, weight) => ((packed.getUint8(from + (weight % 32)) >> (weight >> 5)) & 1) << 4,
});
