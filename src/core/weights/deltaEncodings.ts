import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { CoralError } from '../base/errors';
import { readJson } from '../base/jsonReader';
import { type Delta, damagedDelta } from './delta';
import { asFloat32, bytesOf, viewAs } from './numpyCast';
import { elementCount } from './weight';

/** What a delta does to its reference, element by element. */
export type Change =
  /** adds in the type that numpy finds for the reference's type and float32, or in float32 */
  | { readonly way: 'add' | 'addAsFloat32'; readonly values: Float32Array }
  /** flips bits of the reference as float32 */
  | { readonly way: 'xor'; readonly bits: Uint32Array };

interface Encoded {
  readonly delta: Delta;
  /** the encoded array, little-endian */
  readonly data: Uint8Array;
  /** elements of the weight */
  readonly count: number;
}

type Decoder = (encoded: Encoded) => Change | Promise<Change>;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['float32_raw', raw],
  ['compressed', compressed],
  ['xor_float32', xorFloat32],
  ['xor_bfloat16', xorBfloat16],
  ['exponent_mantissa', exponentMantissa],
  ['int8_quantized', (encoded) => quantized(encoded, 'int8')],
  ['int16_quantized', (encoded) => quantized(encoded, 'int16')],
  ['sparse', sparse],
  ['per_axis_scaled', perAxisScaled],
]);

/**
 * `data` is the delta's array, little-endian. Reason "unsupported" for a type that is not known, "corrupt" for data that does not
 * fit the shape.
 */
export async function readChange(delta: Delta, data: Uint8Array): Promise<Change> {
  const { hash, deltaType, originalShape } = delta.metadata;
  const decode = decoders.get(deltaType);
  if (decode !== undefined) return decode({ delta, data, count: elementCount(originalShape) });
  throw new CoralError(
    'unsupported', `Delta ${hash} is of the type "${deltaType}", which is not known here. Read it with the version of Coral that wrote `
    + 'it.', { hash });
}

function raw(encoded: Encoded): Change {
  checkArray(encoded, 'float32', encoded.count);
  return { way: 'add', values: viewAs(Float32Array, encoded.data) };
}

async function compressed(encoded: Encoded): Promise<Change> {
  const [differences] = await inflated(encoded, 0, [4 * encoded.count]);
  return { way: 'add', values: viewAs(Float32Array, differences) };
}

/** Sign and exponent, then mantissa. */
async function xorFloat32(encoded: Encoded): Promise<Change> {
  const [upper, lower] = await inflated(encoded, 1, [2 * encoded.count, 4 * encoded.count]);
  return { way: 'xor', bits: joined(viewAs(Uint16Array, upper), 23, viewAs(Uint32Array, lower)) };
}

async function xorBfloat16(encoded: Encoded): Promise<Change> {
  const [upper, lower] = await inflated(encoded, 1, [2 * encoded.count, 2 * encoded.count]);
  return { way: 'xor', bits: joined(viewAs(Uint16Array, upper), 16, viewAs(Uint16Array, lower)) };
}

async function exponentMantissa(encoded: Encoded): Promise<Change> {
  const { count } = encoded;
  const [signs, exponents, mantissas] = await inflated(encoded, 2, [Math.ceil(count / 8), count, 4 * count]);
  const bits = joined(exponents, 23, viewAs(Uint32Array, mantissas));
  for (let i = 0; i < count; i += 1) bits[i] = (bits[i] ?? 0) | bitAt(signs, i) << 31;
  return { way: 'addAsFloat32', values: viewAs(Float32Array, bytesOf(bits)) };
}

/** Two float32 operations, as numpy does it. */
function quantized(encoded: Encoded, dtype: 'int8' | 'int16'): Change {
  checkArray(encoded, dtype, encoded.count);
  const { scale, offset } = scaling(encoded);
  const values = new Float32Array(dtype === 'int8' ? viewAs(Int8Array, encoded.data) : viewAs(Int16Array, encoded.data));
  for (let i = 0; i < values.length; i += 1) values[i] = Math.fround((values[i] ?? 0) * scale) + offset;
  return { way: 'add', values };
}

/** Pairs of flat C index and value; of an index that comes twice the last counts. */
function sparse(encoded: Encoded): Change {
  const [pairs = 0] = encoded.delta.array.shape;
  checkArray(encoded, 'float32', 2 * pairs);
  const data = viewAs(Float32Array, encoded.data);
  const values = new Float32Array(encoded.count);
  for (let at = 0; at < data.length; at += 2) {
    const index = Math.trunc(data[at] ?? 0);
    if (!(index >= 0 && index < encoded.count)) throw damaged(encoded, `it changes element ${index} of ${encoded.count}`);
    values[index] = data[at + 1] ?? 0;
  }
  return { way: 'add', values };
}

/** A sign for each element, times a factor for its row, times one for its column. A row is what has one first index. */
function perAxisScaled(encoded: Encoded): Change {
  const { data, count, delta } = encoded;
  const rows = delta.metadata.originalShape[0] ?? 1;
  const columns = rows === 0 ? 0 : count / rows;
  checkArray(encoded, 'uint8', 2 * (rows + columns) + Math.ceil(count / 8));
  const factors = asFloat32(data.subarray(0, 2 * (rows + columns)), 'float16');
  const signs = data.subarray(2 * (rows + columns));
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) {
    const size = (factors[Math.floor(i / columns)] ?? 0) * (factors[rows + i % columns] ?? 0);
    values[i] = bitAt(signs, i) === 1 ? size : -size;
  }
  return { way: 'add', values };
}

function joined(upper: Uint8Array | Uint16Array, shift: number, lower: Uint16Array | Uint32Array): Uint32Array {
  const bits = new Uint32Array(upper.length);
  for (let i = 0; i < bits.length; i += 1) bits[i] = (upper[i] ?? 0) << shift | (lower[i] ?? 0);
  return bits;
}

/** numpy.packbits puts the first bit highest. */
function bitAt(bytes: Uint8Array, index: number): number {
  return (bytes[index >> 3] ?? 0) >> (7 - (index & 7)) & 1;
}

function checkArray({ delta }: Encoded, dtype: string, elements: number): void {
  const { array, metadata: { hash } } = delta;
  const found = elementCount(array.shape);
  if (array.dtype !== dtype) throw damagedDelta(hash, `its data is ${array.dtype}, not ${dtype}`);
  if (found !== elements) throw damagedDelta(hash, `its data has ${found} numbers where ${elements} belong`);
}

function damaged({ delta }: Encoded, what: string): CoralError {
  return damagedDelta(delta.metadata.hash, what);
}

/** float32 in numpy, though they were written as doubles. */
function scaling(encoded: Encoded): { scale: number; offset: number } {
  const { scale, offset } = parsePythonJson(encoded);
  if (typeof scale !== 'number' || typeof offset !== 'number') throw damaged(encoded, 'its scale or offset is not a number');
  return { scale: Math.fround(scale), offset: Math.fround(offset) };
}

function parsePythonJson(encoded: Encoded): { scale?: unknown; offset?: unknown } {
  try {
    return Object(readJson(encoded.delta.metadata.metadata)) as { scale?: unknown; offset?: unknown };
  } catch {
    throw damaged(encoded, 'its metadata is not JSON');
  }
}

const inflateAll = promisify(inflate);

/**
 * The zlib streams in the array. Before them are the lengths of the first `lengths` of them, 4 bytes each; the last goes to the
 * end. Inflates no more than `sizes`, the bytes that each must come to.
 */
async function inflated<Sizes extends readonly number[]>(
  encoded: Encoded, lengths: number, sizes: readonly [...Sizes],
): Promise<{ readonly [Stream in keyof Sizes]: Uint8Array }> {
  const { data } = encoded;
  checkArray(encoded, 'uint8', data.byteLength);
  if (data.byteLength < 4 * lengths) throw damaged(encoded, 'it is cut off');
  const header = Array.from({ length: lengths }, (_, i) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).readUInt32LE(4 * i));
  const streams: Uint8Array[] = [];
  let at = 4 * lengths;
  for (const [i, size] of sizes.entries()) {
    const end = at + (header[i] ?? data.byteLength - at);
    if (end > data.byteLength) throw damaged(encoded, 'it is cut off');
    streams.push(await inflatedTo(encoded, data.subarray(at, end), size));
    at = end;
  }
  return streams as { [Stream in keyof Sizes]: Uint8Array };
}

async function inflatedTo(encoded: Encoded, stream: Uint8Array, size: number): Promise<Uint8Array> {
  const chunkSize = Math.min(Math.max(size, 64), 1024 * 1024);
  const bytes = await inflateAll(stream, { maxOutputLength: Math.max(size, 1), chunkSize })
    .catch((error: unknown) => { throw damaged(encoded, `a part of it does not inflate to ${size} bytes (${CoralError.from(error).message})`); });
  if (bytes.byteLength !== size) throw damaged(encoded, `a part of it inflates to ${bytes.byteLength} bytes instead of ${size}`);
  return bytes;
}
