import { type BlockType, halfAt, nibble } from '../../src/core/weights/files/gguf/types/block.js';

/**
 * A worked example of CONTRIBUTING.md, "A weights format": 32 weights of 5 bits with a scale and a minimum, as
 * ggml's block_q5_1 has them: scale and minimum (float16 each), the fifth bits (32 bits), the other four (16 bytes).
 * w = d q + m.
 */
export const Q5_1: BlockType = {
  id: 7,
  weights: 32,
  bytes: 24,
  unpack(packed, at, unpacked, to) {
    const scale = halfAt(packed, at);
    const minimum = halfAt(packed, at + 2);
    const fifth = packed.getUint32(at + 4, true);
    for (let i = 0; i < 32; i++) {
      const q = nibble(packed, at + 8, i) | (((fifth >>> i) & 1) << 4);
      unpacked[to + i] = scale * q + minimum;
    }
  },
};
