import type { Progress } from '../../core/transfer/progress';

interface Sample {
  /** milliseconds */
  readonly time: number;
  readonly bytes: number;
}

/** Milliseconds that a rate looks back. */
const span = 5_000;

/** Bytes a second over the last few seconds of one transfer. */
export class TransferRate {
  #samples: Sample[] = [];

  /** @param time milliseconds of any steady clock */
  add(bytes: number, time: number): void {
    this.#samples.push({ time, bytes });
    this.#samples = this.#samples.filter((sample, index) => time - sample.time <= span || index >= this.#samples.length - 2);
  }

  /** undefined until half a second has been seen */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples.at(0);
    const last = this.#samples.at(-1);
    if (!first || !last || last.time - first.time < 500) return undefined;
    return Math.max(0, last.bytes - first.bytes) / ((last.time - first.time) / 1000);
  }
}

/** Of all, from 0 to 1: by bytes where the total is known, else by weights. */
export function fractionDone(progress: Progress): number {
  const { bytesDone, bytesTotal, weightsDone, weightsTotal } = progress;
  const [done, total] = bytesTotal ? [bytesDone, bytesTotal] : [weightsDone, weightsTotal];
  return total > 0 ? Math.min(1, done / total) : 0;
}
