import { setImmediate } from 'node:timers/promises';
import { throwIfCancelled } from '../base/errors';
import { dtypeOf, swapUnits } from '../weights/dtype';
import type { Weight } from '../weights/weight';

export interface ReadOptions {
  /** told after each block, in bytes of the tensor */
  readonly onRead?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whole elements that follow each other in C order. */
export interface Elements {
  /** index of the first */
  readonly start: number;
  /** little-endian */
  readonly bytes: Uint8Array;
}

/** Elements decoded at once: what they become stays in the processor's cache. */
const batchElements = 16 * 1024;

/** The elements of a weight, at most one block in memory; others run in between. Ends with "corrupt" when the weight is damaged. */
export async function* elementsOf(weight: Weight, { onRead, signal }: ReadOptions = {}): AsyncGenerator<Elements, void, undefined> {
  const { size, unit } = dtypeOf(weight.metadata.dtype);
  const swap = weight.byteOrder === 'big' && unit > 1;
  let start = 0;
  let rest: Uint8Array = new Uint8Array();
  for await (const block of weight.blocks(signal)) {
    await setImmediate();
    throwIfCancelled(signal);
    const joined = rest.byteLength > 0 ? Buffer.concat([rest, block]) : block;
    const whole = joined.byteLength - joined.byteLength % size;
    rest = new Uint8Array(joined.subarray(whole));
    if (whole === 0) continue;
    const bytes = joined.subarray(0, whole);
    yield { start, bytes: swap ? swapped(bytes, unit) : bytes };
    start += whole / size;
    onRead?.(start * size, weight.byteLength);
  }
}

/** A copy: the block may be somebody else's. */
function swapped(bytes: Uint8Array, unit: number): Uint8Array {
  const copy = new Uint8Array(bytes);
  swapUnits(copy, unit);
  return copy;
}

/** The elements in batches. */
export function* batches({ start, bytes }: Elements, size: number): Iterable<Elements> {
  const step = batchElements * size;
  for (let at = 0; at < bytes.byteLength; at += step) yield { start: start + at / size, bytes: bytes.subarray(at, at + step) };
}
