import { dtypeOf } from '../weights/dtype';
import { fromHalf } from '../weights/half';
import { viewAs } from '../weights/numpyCast';

/** Writes the elements that `bytes` holds, aligned and little-endian, as numbers into `out`. */
type Decode = (bytes: Uint8Array, out: Float64Array) => void;

const decoders: Readonly<Record<string, Decode>> = {
  bool: (bytes, out) => { for (let i = 0; i < bytes.length; i += 1) out[i] = bytes[i] === 0 ? 0 : 1; },
  int8: (bytes, out) => out.set(viewAs(Int8Array, bytes)),
  int16: (bytes, out) => out.set(viewAs(Int16Array, bytes)),
  int32: (bytes, out) => out.set(viewAs(Int32Array, bytes)),
  int64: (bytes, out) => long(viewAs(Int32Array, bytes), bytes, out),
  uint8: (bytes, out) => out.set(bytes),
  uint16: (bytes, out) => out.set(viewAs(Uint16Array, bytes)),
  uint32: (bytes, out) => out.set(viewAs(Uint32Array, bytes)),
  uint64: (bytes, out) => long(viewAs(Uint32Array, bytes), bytes, out),
  bfloat16: (bytes, out) => out.set(viewAs(Float32Array, new Uint8Array(Uint32Array.from(viewAs(Uint16Array, bytes), (bits) => bits << 16).buffer))),
  float16: half,
  float32: (bytes, out) => out.set(viewAs(Float32Array, bytes)),
  float64: (bytes, out) => out.set(viewAs(Float64Array, bytes)),
  float128: longDouble,
};

const partsOf: Readonly<Record<string, string>> = { complex64: 'float32', complex128: 'float64', complex256: 'float128' };

/**
 * Turns elements of one dtype into numbers. float64 holds all of them but integers beyond 2^53 and float128, which are rounded to
 * the nearest. What it returns lies in memory that the next call uses again.
 */
export class Decoder {
  readonly isComplex: boolean;
  /** whether a number may be off by rounding */
  readonly mayRound: boolean;
  /** whether every element is an integer */
  readonly isInteger: boolean;
  readonly #size: number;
  readonly #decode: Decode;
  #parts = new Float64Array();
  #magnitudes = new Float64Array();

  constructor(dtype: string) {
    const { kind } = dtypeOf(dtype);
    const part = partsOf[dtype] ?? dtype;
    const decode = decoders[part];
    if (decode === undefined) throw new Error(`There is no decoder for ${dtype}.`);
    this.isComplex = kind === 'complex';
    this.isInteger = kind === 'int' || kind === 'uint' || kind === 'bool';
    this.mayRound = part === 'float128' || part === 'int64' || part === 'uint64';
    this.#size = dtypeOf(part).size;
    this.#decode = decode;
  }

  /** One number for each element; of a complex one its magnitude. */
  values(bytes: Uint8Array): Float64Array {
    const parts = this.parts(bytes);
    if (!this.isComplex) return parts;
    const count = parts.length / 2;
    if (this.#magnitudes.length < count) this.#magnitudes = new Float64Array(count);
    for (let i = 0; i < count; i += 1) this.#magnitudes[i] = Math.hypot(parts[2 * i] ?? 0, parts[2 * i + 1] ?? 0);
    return this.#magnitudes.subarray(0, count);
  }

  /** Of a complex element its real and its imaginary part, else one number. */
  parts(bytes: Uint8Array): Float64Array {
    const count = bytes.byteLength / this.#size;
    if (this.#parts.length < count) this.#parts = new Float64Array(count);
    const out = this.#parts.subarray(0, count);
    this.#decode(bytes, out);
    return out;
  }
}

/** The upper halves with their sign, the lower ones without: both are exact, so that their sum is rounded once. */
function long(upper: Int32Array | Uint32Array, bytes: Uint8Array, out: Float64Array): void {
  const lower = viewAs(Uint32Array, bytes);
  for (let i = 0; i < out.length; i += 1) out[i] = (upper[2 * i + 1] ?? 0) * 2 ** 32 + (lower[2 * i] ?? 0);
}

let halves: Float32Array | undefined;

function half(bytes: Uint8Array, out: Float64Array): void {
  halves ??= viewAs(Float32Array, new Uint8Array(Uint32Array.from({ length: 2 ** 16 }, (_, bits) => fromHalf(bits)).buffer));
  const words = viewAs(Uint16Array, bytes);
  for (let i = 0; i < words.length; i += 1) out[i] = halves[words[i] ?? 0] ?? 0;
}

/** x86's extended format: 64 bits of mantissa, none of them implied, then 15 of exponent and the sign, then 6 unused bytes. */
function longDouble(bytes: Uint8Array, out: Float64Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < out.length; i += 1) {
    const low = view.getUint32(16 * i, true);
    const high = view.getUint32(16 * i + 4, true);
    const top = view.getUint16(16 * i + 8, true);
    out[i] = (top & 0x8000 ? -1 : 1) * magnitudeOf(low, high, top & 0x7fff);
  }
}

function magnitudeOf(low: number, high: number, exponent: number): number {
  if (exponent === 0x7fff) return (high & 0x7fffffff) === 0 && low === 0 ? Infinity : NaN;
  const mantissa = high * 2 ** 32 + low;
  const power = Math.max(exponent, 1) - 16383 - 63;
  // In two steps: a power alone may be out of reach where the product is not.
  const first = Math.max(-1000, Math.min(900, power));
  return mantissa === 0 ? 0 : mantissa * 2 ** first * 2 ** (power - first);
}
