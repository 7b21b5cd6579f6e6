import { type BlockSource, Weight } from '../weights/weight';
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

  /** The weight, its bytes counted as they pass. */
  counted(weight: Weight): Weight {
    return new Weight(weight.metadata, weight.byteOrder, this.countedBlocks(weight.byteLength, (signal) => weight.blocks(signal)));
  }

  /** The same for any bytes. Reading them again, after a retry, starts their count over. */
  countedBlocks(byteLength: number, source: BlockSource): BlockSource {
    this.#bytesSeen += byteLength;
    this.#sizesSeen += 1;
    let passed = 0;
    const count = (bytes: number): void => {
      passed += bytes;
      this.#bytesDone += bytes;
      this.#schedule();
    };
    return async function* (signal) {
      count(-passed);
      for await (const block of source(signal)) {
        yield block;
        count(block.byteLength);
      }
    };
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
