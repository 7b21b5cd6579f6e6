import { dtypeOf } from '../weights/dtype';
import { viewAs } from '../weights/numpyCast';
import { elementCount, type Weight } from '../weights/weight';
import { batches, elementsOf, type ReadOptions } from './elements';
import { GrowingHistogram, type HistogramData } from './growingHistogram';
import { Decoder } from './decoder';

export interface Statistics {
  readonly count: number;
  /** what the numbers below are about: the elements, or of complex ones their magnitudes */
  readonly of: 'values' | 'magnitudes';
  readonly zeros: number;
  readonly nan: number;
  /** positive and negative infinities */
  readonly infinite: number;
  /** of the finite elements, undefined when there are none; the standard deviation is that of a whole population, as numpy's */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly mean?: number | undefined;
  readonly std?: number | undefined;
  /** min and max to the last digit, where a number cannot hold them: integers beyond 2^53 */
  readonly exact?: { readonly min: string; readonly max: string } | undefined;
  /** whether elements were rounded for mean, standard deviation and histogram: integers beyond 2^53, float128 */
  readonly isRounded: boolean;
  /** of the finite elements */
  readonly histogram: HistogramData;
}

/** Reads the weight once. "corrupt" when it is damaged, "unsupported" for a dtype without numbers. */
export async function statisticsOf(weight: Weight, options: ReadOptions = {}): Promise<Statistics> {
  const { dtype, shape } = weight.metadata;
  const { size } = dtypeOf(dtype);
  const summary = new Summary(dtype);
  for await (const elements of elementsOf(weight, options)) {
    for (const { bytes } of batches(elements, size)) summary.add(bytes);
  }
  return summary.statistics(elementCount(shape));
}

class Summary {
  readonly #decoder: Decoder;
  readonly #histogram: GrowingHistogram;
  readonly #moments = new Moments();
  readonly #extremes: Extremes | undefined;
  readonly #mayRound: boolean;
  #zeros = 0;
  #nan = 0;
  #infinite = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(dtype: string) {
    this.#decoder = new Decoder(dtype);
    this.#histogram = new GrowingHistogram(this.#decoder);
    this.#mayRound = this.#decoder.mayRound;
    if (dtype === 'int64' || dtype === 'uint64') this.#extremes = new Extremes(dtype);
  }

  add(bytes: Uint8Array): void {
    const values = this.#decoder.values(bytes);
    let [min, max, zeros, nan, infinite] = [Infinity, -Infinity, 0, 0, 0];
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? 0;
      if (value - value !== 0) {
        if (value === value) infinite += 1;
        else nan += 1;
        continue;
      }
      if (value < min) min = value;
      if (value > max) max = value;
      if (value === 0) zeros += 1;
    }
    this.#zeros += zeros;
    this.#nan += nan;
    this.#infinite += infinite;
    const finite = values.length - nan - infinite;
    if (finite === 0) return;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#moments.add(values, finite, min);
    this.#histogram.add(values, min, max);
    this.#extremes?.add(bytes, values, min, max);
  }

  statistics(count: number): Statistics {
    const { mean, std } = this.#moments;
    const isEmpty = this.#min > this.#max;
    const exact = this.#extremes?.text();
    return {
      count, of: this.#decoder.isComplex ? 'magnitudes' : 'values',
      zeros: this.#zeros, nan: this.#nan, infinite: this.#infinite,
      ...(isEmpty ? {} : { min: this.#min, max: this.#max, mean, std }),
      exact, isRounded: this.#mayRound && (this.#extremes === undefined || exact !== undefined),
      histogram: this.#histogram.data(),
    };
  }
}

/**
 * Mean and variance, batch by batch (Chan, Golub and LeVeque 1979): sums of squares would lose what differs in the last digits. A
 * variance beyond float64 is infinite, as numpy's is.
 */
class Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  get mean(): number { return this.#mean; }
  get std(): number { return Math.sqrt(this.#squares / this.#count); }

  /** @param count of the finite ones among `values` @param pivot one of them: the mean of a constant is that constant */
  add(values: Float64Array, count: number, pivot: number): void {
    const mean = meanOf(values, count, pivot);
    let squares = 0;
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? 0;
      if (value - value === 0) squares += (value - mean) * (value - mean);
    }
    if (this.#count === 0) {
      [this.#count, this.#mean, this.#squares] = [count, mean, squares];
      return;
    }
    const share = count / (this.#count + count);
    const shift = mean - this.#mean;
    this.#mean = Number.isFinite(shift) ? this.#mean + shift * share : this.#mean * (1 - share) + mean * share;
    this.#squares += squares + shift * shift * this.#count * share;
    this.#count += count;
  }
}

function meanOf(values: Float64Array, count: number, pivot: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    if (value - value === 0) sum += value - pivot;
  }
  return Number.isFinite(sum) ? pivot + sum / count : meanOfHuge(values, count);
}

/** Of numbers whose sum is beyond float64. */
function meanOfHuge(values: Float64Array, count: number): number {
  let mean = 0;
  for (const value of values) if (value - value === 0) mean += value / count;
  return mean;
}

/** The smallest and the largest 64-bit integer, to the last digit. */
class Extremes {
  readonly #view: (bytes: Uint8Array) => BigInt64Array | BigUint64Array;
  #min: bigint | undefined;
  #max: bigint | undefined;

  constructor(dtype: 'int64' | 'uint64') {
    this.#view = (bytes) => (dtype === 'int64' ? viewAs(BigInt64Array, bytes) : viewAs(BigUint64Array, bytes));
  }

  /** Only the elements that are rounded to the extremes of their batch can be its extremes. */
  add(bytes: Uint8Array, values: Float64Array, min: number, max: number): void {
    const exact = this.#view(bytes);
    for (let i = 0; i < values.length; i += 1) {
      if (values[i] !== min && values[i] !== max) continue;
      const value = exact[i] ?? 0n;
      if (this.#min === undefined || value < this.#min) this.#min = value;
      if (this.#max === undefined || value > this.#max) this.#max = value;
    }
  }

  /** undefined where numbers say the same */
  text(): Statistics['exact'] {
    const [min, max] = [this.#min ?? 0n, this.#max ?? 0n];
    return isExact(min) && isExact(max) ? undefined : { min: String(min), max: String(max) };
  }
}

const isExact = (value: bigint): boolean => value <= 2n ** 53n && value >= -(2n ** 53n);
