import { type BlockType, halfAt, nibble } from '../../src/core/weights/files/gguf/types/block.js';

/** What the 16 values of four bits stand for. */
const LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

/**
 * A worked example of CONTRIBUTING.md, "A weights format": 32 weights of 4 bits on levels that are not evenly spaced, as
 * ggml's block_iq4_nl has them: a scale (float16) and 16 bytes. w = d level[q].
 */
export const IQ4_NL: BlockType = {
  id: 20,
  weights: 32,
  bytes: 18,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    for (let i = 0; i < 32; i++) unpacked[to + i] = scale * LEVELS[nibble(packed, at + 2, i)]!;
  },
};
