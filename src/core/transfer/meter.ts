import type { BlockSource } from '../weights/blocks';
import { Weight } from '../weights/weight';
import type { OnProgress, Progress } from './progress';

const intervalMs = 200;

/** Counts what a transfer has done and reports it at most five times a second, and once more at the end. */
export class Meter {
  readonly #phase: Progress['phase'];
  readonly #remote: string;
  readonly #report: OnProgress | undefined;
  #weightsTotal = 0;
  #weightsDone = 0;
  #bytesDone = 0;
  #bytesSeen = 0;
  #sizesSeen = 0;
  /** bytes of the weights begun so far, by hash */
  readonly #met = new Map<string, number>();
  #expected: ReadonlyMap<string, number> | undefined;
  #expectedLeft = 0;
  /** of the weights begun so far: their expected size, and their real one */
  #expectedMet = 0;
  #bytesMet = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(phase: Progress['phase'], remote: string, report: OnProgress | undefined) {
    this.#phase = phase;
    this.#remote = remote;
    this.#report = report;
  }

  /** Whether anybody receives the reports. */
  get isWatched(): boolean { return this.#report !== undefined; }

  start(weights: number): void {
    this.#weightsTotal = weights;
    this.#tell();
  }

  /** Expected sizes by hash: with them a total can be given before every weight has begun. */
  expect(sizes: ReadonlyMap<string, number>): void {
    this.#expected = sizes;
    for (const size of sizes.values()) this.#expectedLeft += size;
    for (const [hash, bytes] of this.#met) this.#compare(hash, bytes);
  }

  /** The same weight, its bytes counted as they are read. */
  counted(weight: Weight): Weight {
    this.#met.set(weight.metadata.hash, weight.byteLength);
    this.#compare(weight.metadata.hash, weight.byteLength);
    return new Weight(weight.metadata, weight.byteOrder, this.countedBlocks(weight.byteLength, (signal) => weight.blocks(signal)));
  }

  /** The same for any blocks. Reading them again, after a retry, restarts their count. */
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

  /** Call it when a weight has arrived or failed. */
  weightDone(): void {
    this.#weightsDone += 1;
    this.#schedule();
  }

  finish(): void {
    clearTimeout(this.#timer);
    this.#tell();
  }

  #compare(hash: string, bytes: number): void {
    const size = this.#expected?.get(hash);
    if (size === undefined) return;
    this.#expectedLeft -= size;
    this.#expectedMet += size;
    this.#bytesMet += bytes;
  }

  /** Estimates the weights to come by how much those begun differ from what was expected: stored sizes may be compressed. */
  #bytesTotal(): number | undefined {
    if (this.#sizesSeen === this.#weightsTotal) return this.#bytesSeen;
    const ratio = this.#expectedMet > 0 ? this.#bytesMet / this.#expectedMet : 1;
    return this.#expected && Math.round(this.#bytesSeen + this.#expectedLeft * ratio);
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
      bytesTotal: this.#bytesTotal(),
    });
  }
}
