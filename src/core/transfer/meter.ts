import { Weight } from '../weights/weight';
import type { OnProgress, Progress } from './progress';

const intervalMs = 200;

/** Counts what a transfer has done and tells about it, at most five times a second and once more at the end. */
export class Meter {
  readonly #phase: Progress['phase'];
  readonly #remote: string;
  readonly #report: OnProgress | undefined;
  #weightsTotal = 0;
  #weightsDone = 0;
  #bytesDone = 0;
  #bytesSeen = 0;
  #sizesSeen = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(phase: Progress['phase'], remote: string, report: OnProgress | undefined) {
    this.#phase = phase;
    this.#remote = remote;
    this.#report = report;
  }

  start(weights: number): void {
    this.#weightsTotal = weights;
    this.#tell();
  }

  /** The weight, its bytes counted as they pass. Reading it again, after a retry, starts its count over. */
  counted(weight: Weight): Weight {
    this.#bytesSeen += weight.byteLength;
    this.#sizesSeen += 1;
    let passed = 0;
    const count = (bytes: number): void => {
      passed += bytes;
      this.#bytesDone += bytes;
      this.#schedule();
    };
    return new Weight(weight.metadata, weight.byteOrder, async function* (signal) {
      count(-passed);
      for await (const block of weight.blocks(signal)) {
        yield block;
        count(block.byteLength);
      }
    });
  }

  /** A weight is through with, for better or worse. */
  weightDone(): void {
    this.#weightsDone += 1;
    this.#schedule();
  }

  finish(): void {
    clearTimeout(this.#timer);
    this.#tell();
  }

  #schedule(): void {
    if (this.#report === undefined) return;
    this.#timer ??= setTimeout(() => this.#tell(), intervalMs).unref();
  }

  #tell(): void {
    this.#timer = undefined;
    this.#report?.({
      phase: this.#phase, remote: this.#remote,
      weightsDone: this.#weightsDone, weightsTotal: this.#weightsTotal, bytesDone: this.#bytesDone,
      bytesTotal: this.#sizesSeen === this.#weightsTotal ? this.#bytesSeen : undefined,
    });
  }
}
