import { CoralError } from '../base/errors';
import { byteLengthOf, itemSize } from './dtype';
import { blockBytes } from './blocks';

const maxInMemory = 256 * 1024 * 1024;

/** The bytes of an array in Fortran order, given in C order. It needs all of them in memory for that: at most 256 MiB. */
export async function* fortranToC(
  elements: AsyncIterable<Uint8Array>, shape: readonly number[], dtype: string,
): AsyncGenerator<Uint8Array, void> {
  const length = byteLengthOf(shape, dtype);
  if (length > maxInMemory) {
    throw new CoralError('unsupported', `The array has ${length} bytes in Fortran order, and only up to ${maxInMemory} bytes can be turned round. `
      + 'Save it again from numpy.ascontiguousarray(array).');
  }
  const data = new Uint8Array(length);
  let filled = 0;
  for await (const part of elements) {
    data.set(part, filled);
    filled += part.byteLength;
  }
  yield* transposed(data, shape, itemSize(dtype));
}

/** Elements move as words of the largest width that divides them, never as numbers: a NaN keeps its payload. */
function words(bytes: Uint8Array, size: number): Uint8Array | Uint16Array | Uint32Array {
  if (size % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return size % 2 === 0 ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2) : bytes;
}

function* transposed(data: Uint8Array, shape: readonly number[], size: number): Generator<Uint8Array, void> {
  const from = words(data, size);
  const wordsPerItem = size / from.BYTES_PER_ELEMENT;
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, wordsPerItem));
  const index = shape.map(() => 0);
  let source = 0;
  for (let done = 0; done < data.byteLength; done += blockBytes) {
    const block = new Uint8Array(Math.min(blockBytes, data.byteLength - done));
    const to = words(block, size);
    for (let at = 0; at < to.length; at += wordsPerItem) {
      for (let word = 0; word < wordsPerItem; word += 1) to[at + word] = from[source + word] ?? 0;
      source = next(index, shape, strides, source);
    }
    yield block;
  }
}

/** Moves `index` one on in C order, the last axis fastest; returns where that element lies. */
function next(index: number[], shape: readonly number[], strides: readonly number[], source: number): number {
  let position = source;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const stride = strides[axis] ?? 0;
    const moved = (index[axis] ?? 0) + 1;
    if (moved < (shape[axis] ?? 0)) {
      index[axis] = moved;
      return position + stride;
    }
    index[axis] = 0;
    position -= (moved - 1) * stride;
  }
  return position;
}
