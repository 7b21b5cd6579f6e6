import { type ByteOrder, dtypeOf, swapUnits } from './dtype';
import { fromHalf, toHalf } from './half';

/**
 * numpy's astype on bytes in memory, as far as deltas need it. Bytes are little-endian here, as is every machine that VS Code
 * runs on. What is said of x86-64 was compared with numpy 1.24 there.
 */

const integers = {
  int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array,
} as const;

/** What the functions below know: no bool, bfloat16 or float128. */
export function canCast(dtype: string): boolean {
  return dtype in integers || ['int64', 'uint64', 'float16', 'float32', 'float64', 'complex64', 'complex128'].includes(dtype);
}

interface View<T> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** The bytes as numbers: in place where they are aligned, else copied. Bytes that make no whole element are left out. */
export function viewAs<T>(type: View<T>, bytes: Uint8Array): T {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new type(buffer, byteOffset, Math.floor(byteLength / type.BYTES_PER_ELEMENT));
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Turns big-endian elements round, in place; longer ones than 8 bytes are no type that can be cast, and stay. */
export function toLittleEndian(bytes: Uint8Array, dtype: string, byteOrder: ByteOrder): Uint8Array {
  if (byteOrder === 'big') swapUnits(bytes, dtypeOf(dtype).unit);
  return bytes;
}

/**
 * astype(float32), perhaps in place; of complex numbers it takes the real parts. NaNs keep their bits, which moving float32 as
 * numbers would not do.
 */
export function asFloat32(bytes: Uint8Array, dtype: string): Float32Array {
  switch (dtype) {
    case 'float32': return viewAs(Float32Array, bytes);
    case 'float64': return new Float32Array(viewAs(Float64Array, bytes));
    case 'complex64': return viewAs(Float32Array, bytesOf(viewAs(Uint32Array, bytes).filter((_, i) => i % 2 === 0)));
    case 'complex128': return new Float32Array(viewAs(Float64Array, bytes).filter((_, i) => i % 2 === 0));
    case 'float16': return floatsOf(viewAs(Uint16Array, bytes), fromHalf);
    case 'int64': return fromBigInts(viewAs(BigInt64Array, bytes));
    case 'uint64': return fromBigInts(viewAs(BigUint64Array, bytes));
    default: return new Float32Array(integersOf(bytes, dtype));
  }
}

/** astype(float64), perhaps in place, of real numbers that float32 cannot hold. */
export function asFloat64(bytes: Uint8Array, dtype: string): Float64Array {
  switch (dtype) {
    case 'float64': return viewAs(Float64Array, bytes);
    case 'int64': return converted(viewAs(BigInt64Array, bytes), new Float64Array(bytes.byteLength / 8), Number);
    case 'uint64': return converted(viewAs(BigUint64Array, bytes), new Float64Array(bytes.byteLength / 8), Number);
    default: return new Float64Array(integersOf(bytes, dtype));
  }
}

/** astype(dtype). Integers are cut off towards zero; those that do not fit come out as on x86-64, mostly modulo 2^bits. */
export function fromFloats(values: Float32Array | Float64Array, dtype: string): Uint8Array {
  const { length } = values;
  switch (dtype) {
    case 'float32': return bytesOf(single(values));
    case 'float64': return bytesOf(values instanceof Float64Array ? values : new Float64Array(values));
    case 'complex64': return bytesOf(withZeros(bitsOf(single(values)), new Uint32Array(2 * length)));
    case 'complex128': return bytesOf(withZeros(values, new Float64Array(2 * length)));
    case 'float16': return bytesOf(converted(bitsOf(single(values)), new Uint16Array(length), toHalf));
    case 'int64': return bytesOf(converted(values, new BigInt64Array(length), toInt64));
    case 'uint64': return bytesOf(converted(values, new BigUint64Array(length), toUint64));
    case 'uint32': return bytesOf(converted(values, new Uint32Array(length), (value) => (fits(value, 2 ** 63) ? value : 0)));
    default: return bytesOf(converted(values, new integers[dtype as keyof typeof integers](length), (value) => (fits(value, 2 ** 31) ? value : -(2 ** 31))));
  }
}

export function bitsOf(values: Float32Array): Uint32Array {
  return viewAs(Uint32Array, bytesOf(values));
}

function converted<From, To, Target extends { [index: number]: To }>(
  from: ArrayLike<From>, to: Target, convert: (value: From) => To,
): Target {
  for (let i = 0; i < from.length; i += 1) to[i] = convert(from[i] as From);
  return to;
}

function floatsOf<From>(from: ArrayLike<From>, bits: (value: From) => number): Float32Array {
  const floats = new Float32Array(from.length);
  converted(from, bitsOf(floats), bits);
  return floats;
}

function integersOf(bytes: Uint8Array, dtype: string): ArrayLike<number> {
  return viewAs<ArrayLike<number>>(integers[dtype as keyof typeof integers], bytes);
}

function fromBigInts(values: BigInt64Array | BigUint64Array): Float32Array {
  return converted<bigint, number, Float32Array>(values, new Float32Array(values.length), (value) => Number(jammed(value)));
}

/**
 * Its upper bits, at most 53, the last of which tells whether any below it was set: rounded to float64 and then to float32, it is
 * rounded once.
 */
function jammed(value: bigint): bigint {
  const exact = value < 1n << 53n && value > -(1n << 53n);
  return exact || (value & 0x7ffn) === 0n ? value : (value & ~0x7ffn) | 0x800n;
}

function single(values: Float32Array | Float64Array): Float32Array {
  return values instanceof Float32Array ? values : new Float32Array(values);
}

/** Each number with an imaginary part of 0. */
function withZeros<Target extends Uint32Array | Float64Array>(values: ArrayLike<number>, to: Target): Target {
  for (let i = 0; i < values.length; i += 1) to[2 * i] = values[i] ?? 0;
  return to;
}

/** Whether the number, cut off towards zero, is from -limit to limit - 1. A NaN is not. */
function fits(value: number, limit: number): boolean {
  const whole = Math.trunc(value);
  return whole >= -limit && whole < limit;
}

function toInt64(value: number): bigint {
  return fits(value, 2 ** 63) ? BigInt(Math.trunc(value)) : -(1n << 63n);
}

function toUint64(value: number): bigint {
  return BigInt.asUintN(64, value >= 2 ** 63 ? toInt64(value - 2 ** 63) ^ (1n << 63n) : toInt64(value));
}
