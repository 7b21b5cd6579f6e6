/**
 * Between the bits of float16 and of float32, as numpy converts them: to the nearest, ties to even; a NaN stays one and keeps what
 * fits of its payload.
 */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

const bitsOf = (value: number): number => { float[0] = value; return word[0] ?? 0; };
const valueOf = (bits: number): number => { word[0] = bits; return float[0] ?? 0; };

export function fromHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const rest = half & 0x7fff;
  if (rest < 0x400) return (sign | bitsOf(rest * 2 ** -24)) >>> 0;
  return (sign | (rest >= 0x7c00 ? 0x7f800000 | (rest & 0x3ff) << 13 : (rest + 0x1c000) << 13)) >>> 0;
}

export function toHalf(bits: number): number {
  return (bits >>> 16 & 0x8000) | unsignedHalf(bits & 0x7fffffff);
}

/** the float16 below which numbers are subnormal, and the float32 from which on they round to infinity */
const smallestNormal = 0x38800000;
const tooLarge = 0x477ff000;

function unsignedHalf(bits: number): number {
  if (bits > 0x7f800000) return 0x7c00 | ((bits >>> 13 & 0x3ff) || 1);
  if (bits >= tooLarge) return 0x7c00;
  // Adding 2^52 leaves no room for a fraction, so that it is rounded.
  if (bits < smallestNormal) return valueOf(bits) * 2 ** 24 + 2 ** 52 - 2 ** 52;
  return (bits - 0x38000000 + 0xfff + (bits >>> 13 & 1)) >>> 13;
}
