import { type BlockType, halfAt } from './block.js';

/** Weights of a block of Q4_K and Q5_K, in eight groups. */
const WEIGHTS = 256;
const GROUP = 32;
/** Scale, scale of the minima, and the groups' own, which are 6 bits each. */
const HEAD_BYTES = 2 + 2 + 12;

/**
 * Blocks of 256 weights in groups of 32, each group with a scale and a minimum of 6 bits: w = d scale q - dmin minimum.
 * The low four bits of q stand last: 32 bytes hold two groups, one in the low halves and one in the high ones.
 *
 * @param high the bits of q above the fourth, of a weight in its block; `bytes` are those between head and low bits
 */
export function groupedBlocks(
  id: number,
  high?: { bytes: number; bits: (packed: DataView, from: number, weight: number) => number },
): BlockType {
  const highBytes = high?.bytes ?? 0;
  return {
    id,
    weights: WEIGHTS,
    bytes: HEAD_BYTES + highBytes + WEIGHTS / 2,
    unpack(packed, at, unpacked, to) {
      const d = halfAt(packed, at);
      const dMinimum = halfAt(packed, at + 2);
      const low = at + HEAD_BYTES + highBytes;
      for (let group = 0; group < WEIGHTS / GROUP; group++) {
        const [scale, minimum] = groupScale(packed, at + 4, group);
        for (let i = 0; i < GROUP; i++) {
          const byte = packed.getUint8(low + GROUP * (group >> 1) + i);
          const weight = group * GROUP + i;
          const q =
            (group % 2 === 0 ? byte & 15 : byte >> 4) | (high?.bits(packed, at + HEAD_BYTES, weight) ?? 0);
          // Both products are exact in float32; the difference is rounded once, when it is stored.
          unpacked[to + weight] = d * scale * q - dMinimum * minimum;
        }
      }
    },
  };
}

/** Scale and minimum of a group, from 12 bytes with six bits of each. */
function groupScale(packed: DataView, from: number, group: number): [scale: number, minimum: number] {
  const byte = (at: number) => packed.getUint8(from + at);
  if (group < 4) return [byte(group) & 63, byte(group + 4) & 63];
  const both = byte(group + 4);
  return [(both & 15) | ((byte(group - 4) >> 6) << 4), (both >> 4) | ((byte(group) >> 6) << 4)];
}
