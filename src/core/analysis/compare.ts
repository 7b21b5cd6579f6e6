import { CoralError } from '../base/errors';
import { dtypeOf } from '../weights/dtype';
import { viewAs } from '../weights/numpyCast';
import { elementCount, type Weight } from '../weights/weight';
import { batches, type Elements, elementsOf, type ReadOptions } from './elements';
import { GrowingHistogram, type HistogramData } from './growingHistogram';
import { Decoder } from './decoder';

/** How the second of two weights differs from the first, element by element: other - one. */
export interface WeightDifference {
  readonly count: number;
  /** elements that are the same number; NaN equals NaN here */
  readonly equal: number;
  /** pairs that are not equal and whose difference is NaN or infinite; they count for nothing below */
  readonly notFinite: number;
  /** what the histogram is about: the differences, or the magnitudes of complex ones */
  readonly of: 'values' | 'magnitudes';
  /** over the pairs whose difference is finite; undefined when there are none */
  readonly maxAbs?: number | undefined;
  readonly meanAbs?: number | undefined;
  /** of the two weights as vectors, -1 to 1; undefined when one of them is 0 or there are no finite pairs */
  readonly cosine?: number | undefined;
  /** whether numbers were rounded before they were compared: integers beyond 2^53 of different types, float128 */
  readonly isRounded: boolean;
  readonly histogram: HistogramData;
}

/**
 * Reads both weights once, side by side. The shapes must be the same, or the reason is "unsupported"; dtypes may differ, as long as
 * both are complex or neither is.
 */
export async function compare(one: Weight, other: Weight, { onRead, signal }: ReadOptions = {}): Promise<WeightDifference> {
  checkComparable(one, other);
  const sum = new DifferenceSum(one.metadata.dtype, other.metadata.dtype);
  const left = elementsOf(one, { signal, ...(onRead ? { onRead: (done, total) => onRead(2 * done, 2 * total) } : {}) });
  const right = elementsOf(other, { signal });
  try {
    for await (const pair of inStep(left, right, dtypeOf(one.metadata.dtype).size, dtypeOf(other.metadata.dtype).size)) sum.add(...pair);
  } finally {
    await Promise.all([left.return(), right.return()]);
  }
  return sum.difference(elementCount(one.metadata.shape));
}

function checkComparable({ metadata: one }: Weight, { metadata: other }: Weight): void {
  if (one.shape.join() !== other.shape.join()) {
    throw new CoralError(
      'unsupported', `Weights of different shapes cannot be compared element by element: ${tensor(one)} and ${tensor(other)}.`);
  }
  if ((dtypeOf(one.dtype).kind === 'complex') !== (dtypeOf(other.dtype).kind === 'complex')) {
    throw new CoralError('unsupported', `Complex numbers cannot be compared with real ones: ${tensor(one)} and ${tensor(other)}.`);
  }
}

const tensor = ({ name, dtype, shape }: Weight['metadata']): string => `"${name}" is ${dtype} [${shape.join(', ')}]`;

interface Side {
  readonly source: AsyncGenerator<Elements>;
  readonly size: number;
  /** read, and not compared yet */
  bytes: Uint8Array;
}

/** Batches of two sources at the same place, though their blocks end at different ones. */
async function* inStep(
  one: AsyncGenerator<Elements>, other: AsyncGenerator<Elements>, oneSize: number, otherSize: number,
): AsyncIterable<[Uint8Array, Uint8Array]> {
  const left: Side = { source: one, size: oneSize, bytes: new Uint8Array() };
  const right: Side = { source: other, size: otherSize, bytes: new Uint8Array() };
  for (;;) {
    for (const side of [left, right]) {
      if (side.bytes.byteLength > 0) continue;
      const next = await side.source.next();
      if (next.done !== true) side.bytes = next.value.bytes;
    }
    const count = Math.min(left.bytes.byteLength / left.size, right.bytes.byteLength / right.size);
    if (count === 0) {
      await Promise.all([left.source.next(), right.source.next()]); // to their ends, where the hashes are compared
      return;
    }
    const pairs = batches({ start: 0, bytes: left.bytes.subarray(0, count * left.size) }, left.size);
    for (const { start, bytes } of pairs) yield [bytes, right.bytes.subarray(start * right.size, start * right.size + bytes.byteLength / left.size * right.size)];
    for (const side of [left, right]) side.bytes = side.bytes.subarray(count * side.size);
  }
}

type Longs = BigInt64Array | BigUint64Array;

class DifferenceSum {
  readonly #one: Decoder;
  readonly #other: Decoder;
  /** for two 64-bit integers of one type, which are subtracted before they are rounded */
  readonly #longs: ((bytes: Uint8Array) => Longs) | undefined;
  readonly #histogram: GrowingHistogram;
  #differences = new Float64Array();
  #equal = 0;
  #notFinite = 0;
  #finite = 0;
  #maxAbs = 0;
  #sumAbs = 0;
  #product = 0;
  #oneSquares = 0;
  #otherSquares = 0;

  constructor(one: string, other: string) {
    this.#one = new Decoder(one);
    this.#other = new Decoder(other);
    this.#histogram = new GrowingHistogram({ isInteger: this.#one.isInteger && this.#other.isInteger });
    if (one !== other) return;
    if (one === 'int64') this.#longs = (bytes) => viewAs<Longs>(BigInt64Array, bytes);
    if (one === 'uint64') this.#longs = (bytes) => viewAs<Longs>(BigUint64Array, bytes);
  }

  add(one: Uint8Array, other: Uint8Array): void {
    const [left, right] = [this.#one.parts(one), this.#other.parts(other)];
    const parts = this.#one.isComplex ? 2 : 1;
    const count = left.length / parts;
    if (this.#differences.length < count) this.#differences = new Float64Array(count);
    const differences = this.#differences.subarray(0, count);
    const exact = this.#longs && { left: this.#longs(one), right: this.#longs(other) };
    for (let i = 0; i < count; i += 1) {
      if (exact) differences[i] = this.#exactly(exact.left[i] ?? 0n, exact.right[i] ?? 0n);
      else differences[i] = parts === 1 ? this.#real(left[i] ?? 0, right[i] ?? 0) : this.#complex(left, right, 2 * i);
    }
    this.#angle(left, right, differences, parts);
    this.#count(differences);
  }

  difference(count: number): WeightDifference {
    const lengths = Math.sqrt(this.#oneSquares) * Math.sqrt(this.#otherSquares);
    const isRounded = this.#longs === undefined && (this.#one.mayRound || this.#other.mayRound);
    return {
      count, equal: this.#equal, notFinite: this.#notFinite, of: this.#one.isComplex ? 'magnitudes' : 'values',
      ...(this.#finite === 0 ? {} : { maxAbs: this.#maxAbs, meanAbs: this.#sumAbs / this.#finite }),
      ...(lengths > 0 ? { cosine: Math.max(-1, Math.min(1, this.#product / lengths)) } : {}),
      isRounded, histogram: this.#histogram.data(),
    };
  }

  #exactly(one: bigint, other: bigint): number {
    if (one === other) this.#equal += 1;
    return Number(other - one);
  }

  #real(one: number, other: number): number {
    const difference = other - one;
    if (isSame(one, other)) this.#equal += 1;
    else if (difference - difference !== 0) this.#notFinite += 1;
    return difference;
  }

  #complex(left: Float64Array, right: Float64Array, at: number): number {
    const [a, b, c, d] = [left[at] ?? 0, left[at + 1] ?? 0, right[at] ?? 0, right[at + 1] ?? 0];
    const difference = Math.hypot(c - a, d - b);
    if (isSame(a, c) && isSame(b, d)) this.#equal += 1;
    else if (difference - difference !== 0) this.#notFinite += 1;
    return difference;
  }

  /** What the cosine needs, over the pairs whose difference is finite. */
  #angle(left: Float64Array, right: Float64Array, differences: Float64Array, parts: number): void {
    let [product, one, other] = [0, 0, 0];
    for (let i = 0; i < left.length; i += 1) {
      const difference = differences[parts === 1 ? i : i >> 1] ?? 0;
      if (difference - difference !== 0) continue;
      const [a, b] = [left[i] ?? 0, right[i] ?? 0];
      product += a * b;
      one += a * a;
      other += b * b;
    }
    this.#product += product;
    this.#oneSquares += one;
    this.#otherSquares += other;
  }

  #count(differences: Float64Array): void {
    let [min, max, sum, finite] = [Infinity, -Infinity, 0, 0];
    for (let i = 0; i < differences.length; i += 1) {
      const difference = differences[i] ?? 0;
      if (difference - difference !== 0) continue;
      if (difference < min) min = difference;
      if (difference > max) max = difference;
      sum += Math.abs(difference);
      finite += 1;
    }
    if (finite === 0) return;
    this.#finite += finite;
    this.#sumAbs += sum;
    this.#maxAbs = Math.max(this.#maxAbs, max, -min);
    this.#histogram.add(differences, min, max);
  }
}

function isSame(one: number, other: number): boolean {
  return one === other || (one !== one && other !== other);
}
