import { groupedBlocks } from './groups.js';

/** 256 weights of 4 bits in groups of 32. */
export const Q4_K = groupedBlocks(12);
