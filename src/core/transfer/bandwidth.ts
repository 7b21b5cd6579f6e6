import { setTimeout as delay } from 'node:timers/promises';
import { CoralError } from '../base/errors';
import { blockBytes, slices } from '../weights/blocks';
import { Weight } from '../weights/weight';

export interface Clock {
  /** milliseconds */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

const steadyClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, signal ? { signal } : {}),
};

/** Milliseconds of unused bandwidth that may be caught up on. */
const creditMs = 250;
/** Longest single wait, so that a changed limit soon takes effect. */
const maxSleepMs = 500;
const minSliceBytes = 64 * 1024;
/** Bytes a second that each weight under way gets at least: servers hang up on bodies that trickle. */
const minPerWeight = 256 * 1024;

/**
 * A token bucket that all transfers share: bytes of tensors a second, in both directions and for all remotes together. What a
 * retry sends again is not counted, and compressed weights count uncompressed.
 */
export class Bandwidth {
  readonly #clock: Clock;
  #bytesPerSecond: number | undefined;
  #readyAt = -Infinity;

  constructor(bytesPerSecond?: number, clock: Clock = steadyClock) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
  }

  /** Takes effect at once, also for what is under way; undefined means no limit. */
  set bytesPerSecond(value: number | undefined) {
    if (value === this.#bytesPerSecond) return;
    this.#bytesPerSecond = value;
    this.#readyAt = -Infinity;
  }

  /** How many weights should be under way at the same time; undefined when there is no limit. */
  get concurrency(): number | undefined {
    return this.#bytesPerSecond === undefined ? undefined : Math.max(1, Math.floor(this.#bytesPerSecond / minPerWeight));
  }

  /** The same weight, read no faster than the limit. */
  limited(weight: Weight): Weight {
    const pass = (bytes: number, signal: AbortSignal | undefined): Promise<void> => this.#pass(bytes, signal);
    const sliceOf = (block: Uint8Array): Iterable<Uint8Array> => slices(block, this.#sliceBytes);
    return new Weight(weight.metadata, weight.byteOrder, async function* (signal) {
      for await (const block of weight.blocks(signal)) {
        for (const slice of sliceOf(block)) {
          await pass(slice.byteLength, signal);
          yield slice;
        }
      }
    });
  }

  /** A quarter of a second. */
  get #sliceBytes(): number {
    return Math.min(blockBytes, Math.max(minSliceBytes, Math.floor((this.#bytesPerSecond ?? Infinity) / 4)));
  }

  /** Waits until so many bytes may pass; rejects with reason "cancelled". */
  async #pass(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const limit = this.#bytesPerSecond;
    if (limit === undefined) return;
    const turn = Math.max(this.#readyAt, this.#clock.now() - creditMs);
    this.#readyAt = turn + (bytes / limit) * 1000;
    for (let wait = turn - this.#clock.now(); wait > 0 && limit === this.#bytesPerSecond; wait = turn - this.#clock.now()) {
      await this.#clock.sleep(Math.min(wait, maxSleepMs), signal).catch((error: unknown) => { throw CoralError.from(error); });
    }
  }
}
