/** How often numbers fall into bins of equal width: bin i reaches from (first + i) * width up to, and without, (first + i + 1) * width. */
export interface HistogramData {
  readonly first: number;
  readonly width: number;
  /** the first and the last are not 0; none when there was no number */
  readonly counts: readonly number[];
}

/** Most bins; there are more than half as many unless there are fewer different numbers. */
export const maxBins = 128;

/**
 * A histogram that needs its numbers only once, and not their range: bins are a power of two wide and begin at multiples of it, so
 * that two of them make one of the next width exactly. NaN and infinities are left out.
 */
export class GrowingHistogram {
  readonly #smallest: number;
  #width = 0;
  /** of the first bin: it begins at first * width */
  #first = 0;
  #counts: Float64Array = new Float64Array();

  /** @param isInteger no bin is narrower than 1 */
  constructor({ isInteger = false } = {}) {
    this.#smallest = isInteger ? 1 : 0;
  }

  /** @param min @param max of the finite ones among `values`, of which there is at least one */
  add(values: Float64Array, min: number, max: number): void {
    this.#cover(min, max);
    const [first, width, counts] = [this.#first, this.#width, this.#counts];
    // Multiplying by a power of two is as exact as dividing by it, and faster. A subnormal width has no inverse.
    const inverse = Number.isFinite(1 / width) ? 1 / width : 0;
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? 0;
      if (value - value !== 0) continue;
      const bin = (inverse === 0 ? binOf(value, width) : floorOf(value * inverse, value)) - first;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }

  data(): HistogramData {
    return { first: this.#first, width: this.#width, counts: [...this.#counts] };
  }

  #cover(min: number, max: number): void {
    const isEmpty = this.#counts.length === 0;
    let width = isEmpty ? Math.max(this.#smallest, narrowest(min, max)) : this.#width;
    const firstAt = (wide: number): number => Math.min(binOf(min, wide), isEmpty ? Infinity : merged(this.#first, this.#width, wide));
    const lastAt = (wide: number): number => Math.max(binOf(max, wide), isEmpty ? -Infinity : merged(this.#first + this.#counts.length - 1, this.#width, wide));
    while (lastAt(width) - firstAt(width) >= maxBins) width *= 2;
    const first = firstAt(width);
    const length = lastAt(width) - first + 1;
    if (width === this.#width && first === this.#first && length === this.#counts.length) return;
    const counts = new Float64Array(length);
    this.#counts.forEach((count, i) => {
      const bin = merged(this.#first + i, this.#width, width) - first;
      counts[bin] = (counts[bin] ?? 0) + count;
    });
    [this.#width, this.#first, this.#counts] = [width, first, counts];
  }
}

/** The bin of a number, counted from 0. */
function binOf(value: number, width: number): number {
  return floorOf(value / width, value);
}

/** Scaling by a power of two rounds only what is next to nothing, which must not cross 0. */
function floorOf(scaled: number, value: number): number {
  const bin = Math.floor(scaled);
  return bin === 0 && value < 0 ? -1 : bin;
}

function merged(bin: number, width: number, wider: number): number {
  return binOf(bin, wider / width);
}

/** The smallest power of two that is worth a try: bins can still be told apart at the larger end. */
function narrowest(min: number, max: number): number {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  if (largest === 0) return Number.MIN_VALUE;
  return Math.max(Number.MIN_VALUE, 2 ** (Math.floor(Math.log2(largest)) - 45));
}
