import { CoralError, throwIfCancelled } from '../base/errors';
import { type Delta, damagedDelta } from './delta';
import { type Change, readChange } from './deltaEncodings';
import { dtypeOf } from './dtype';
import { asFloat32, asFloat64, bitsOf, bytesOf, canCast, fromFloats, toLittleEndian, viewAs } from './numpyCast';
import { elementCount, type Weight } from './weight';

/** Largest weight that is rebuilt, in bytes, with at least 4 for each element. About five times as much memory is needed meanwhile. */
export const maxDecodedBytes = 1024 * 1024 * 1024;

/**
 * The elements of the weight that `delta` stands for, in C order and little-endian, as the Python tool rebuilds them: with numpy's
 * arithmetic and casts. Errors: "corrupt" when the delta is damaged or does not fit its reference, "unsupported", "cancelled".
 */
export async function decodeDelta(delta: Delta, reference: Weight, signal?: AbortSignal): Promise<Uint8Array> {
  checkFit(delta, reference);
  const { originalDtype: dtype } = delta.metadata;
  const change = await readChange(delta, await littleEndian(delta.blocks(signal), delta.byteLength, delta.array, signal));
  const data = await littleEndian(reference.blocks(signal), reference.byteLength, { dtype, byteOrder: reference.byteOrder }, signal);
  return apply(change, data, dtype);
}

function checkFit(delta: Delta, { metadata, byteLength }: Weight): void {
  const { hash, referenceHash, originalShape: shape, originalDtype: dtype } = delta.metadata;
  if (metadata.hash !== referenceHash) {
    throw new CoralError('invalid', `Delta ${hash} is based on weight ${referenceHash}, not on ${metadata.hash}.`, { hash });
  }
  if (metadata.shape.join() !== shape.join() || metadata.dtype !== dtype) {
    throw damagedDelta(hash, `it describes ${dtype} (${shape.join(', ')}), but the weight it is based on is ${metadata.dtype} (${metadata.shape.join(', ')})`);
  }
  if (!canCast(dtype)) throw unsupported(hash, `a ${dtype} weight`);
  if (Math.max(byteLength, 4 * elementCount(shape), delta.byteLength) > maxDecodedBytes) throw unsupported(hash, `a weight of more than ${maxDecodedBytes} bytes`);
}

function unsupported(hash: string, what: string): CoralError {
  return new CoralError(
    'unsupported', `Delta ${hash} stands for ${what}, which Coral for VS Code cannot rebuild. Read it with the Python tool.`, { hash });
}

async function littleEndian(
  blocks: AsyncIterable<Uint8Array>, byteLength: number, { dtype, byteOrder }: Pick<Delta['array'], 'dtype' | 'byteOrder'>, signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const data = new Uint8Array(byteLength);
  let filled = 0;
  for await (const block of blocks) {
    throwIfCancelled(signal);
    data.set(block, filled);
    filled += block.byteLength;
  }
  return toLittleEndian(data, dtype, byteOrder);
}

/** May change `reference`. */
function apply(change: Change, reference: Uint8Array, dtype: string): Uint8Array {
  switch (change.way) {
    case 'add': return added(reference, dtype, change.values);
    case 'addAsFloat32': return fromFloats(sum(asFloat32(reference, dtype), change.values), dtype);
    case 'xor': return fromFloats(flipped(asFloat32(reference, dtype), change.bits), dtype);
  }
}

function added(reference: Uint8Array, dtype: string, values: Float32Array): Uint8Array {
  const { kind, size } = dtypeOf(dtype);
  if (kind === 'complex') return bytesOf(sumOfComplex(viewAs<Floats>(size === 8 ? Float32Array : Float64Array, reference), values));
  const needsFloat64 = kind === 'float' ? size === 8 : size >= 4;
  return fromFloats(sum(needsFloat64 ? asFloat64(reference, dtype) : asFloat32(reference, dtype), values), dtype);
}

type Floats = Float32Array | Float64Array;

/** In place, rounded as `numbers` are: for float32 the detour over float64 gives the same. */
function sum(numbers: Floats, values: Float32Array): Floats {
  for (let i = 0; i < numbers.length; i += 1) numbers[i] = (numbers[i] ?? 0) + (values[i] ?? 0);
  return numbers;
}

/** The values are real, so the imaginary parts get a 0 added: it makes 0 of -0. */
function sumOfComplex(parts: Floats, values: Float32Array): Floats {
  for (let i = 0; i < values.length; i += 1) {
    parts[2 * i] = (parts[2 * i] ?? 0) + (values[i] ?? 0);
    parts[2 * i + 1] = (parts[2 * i + 1] ?? 0) + 0;
  }
  return parts;
}

function flipped(numbers: Float32Array, flips: Uint32Array): Float32Array {
  const bits = bitsOf(numbers);
  for (let i = 0; i < bits.length; i += 1) bits[i] = (bits[i] ?? 0) ^ (flips[i] ?? 0);
  return numbers;
}
