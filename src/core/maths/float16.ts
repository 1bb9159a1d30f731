const SINGLE = new Float32Array(1);
const BITS = new Uint32Array(SINGLE.buffer);
/** Between the exponents of the two formats. */
const SHIFTED = 2 ** 112;

/** IEEE 754 binary16 to number. */
export function float16(half: number): number {
  const magnitude = half & 0x7fff;
  if (magnitude >= 0x7c00) return magnitude > 0x7c00 ? Number.NaN : half > 0x7fff ? -Infinity : Infinity;
  // The same bits in binary32 are the number over 2^112, subnormal ones, too.
  BITS[0] = ((half & 0x8000) << 16) | (magnitude << 13);
  return SINGLE[0]! * SHIFTED;
}
