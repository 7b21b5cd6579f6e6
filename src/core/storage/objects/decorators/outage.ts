import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from '../../../base/semaphore';
import { CoralError } from '../../../base/errors';
import { TransientError } from '../transientError';

export interface Backoff {
  /** milliseconds: the limit of the first wait, which doubles each time up to the longest */
  readonly firstWait: number;
  readonly maxWait: number;
}

/** What a request brings along. */
interface Attempt {
  /** how many such failures in a row are accepted; 1: give up now */
  readonly tries: (error: TransientError) => number;
  /** by performance.now(): when it may be made at the earliest */
  readonly notBefore: number;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds before the next request: random in the upper half of the limit, so that a number of tries takes a predictable time. */
export function waitAfter(failures: number, { firstWait, maxWait }: Backoff, retryAfter = 0): number {
  const limit = Math.min(maxWait, firstWait * 2 ** (failures - 1));
  return Math.max(retryAfter, limit * (0.5 + Math.random() / 2));
}

/** Lasts from a failure until a request made after it is answered. Only the holder of `turn` can end it. */
class Outage {
  readonly turn = new Semaphore(1);
  failures = 1;
  last: TransientError;
  /** how it ended: a request was answered, or the server was given up */
  end: 'answered' | CoralError | undefined;

  constructor(first: TransientError) {
    this.last = first;
  }
}

/**
 * Shared by the requests of one connection. While its server fails, they are made one at a time, with growing waits, until one is
 * answered; then all go on. After too many failures in a row the server is given up: all that wait fail with one and the same
 * error, which has `isOutage`.
 */
export class OutageGate {
  readonly #backoff: Backoff;
  #outage: Outage | undefined;
  #hasAnswered = false;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** Whether the server has ever answered: one that disappeared is waited for longer than one that never was there. */
  get hasAnswered(): boolean { return this.#hasAnswered; }

  async pass<T>(request: () => Promise<T>, attempt: Attempt): Promise<T> {
    do {
      for (let outage = this.#outage; outage !== undefined; outage = this.#outage) {
        const release = await outage.turn.acquire(1, attempt.signal);
        try {
          if (CoralError.is(outage.end)) throw outage.end;
          if (outage.end === undefined) return await this.#probe(outage, request, attempt);
        } finally {
          release();
        }
      }
      await pause(attempt.notBefore - performance.now(), attempt.signal);
    } while (this.#outage !== undefined);
    // If an outage begins meanwhile, this answer does not end it: the request was made before.
    try {
      return await this.#heard(request);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (attempt.tries(error) <= 1) throw givenUp(error);
      this.#outage ??= new Outage(error);
      throw error;
    }
  }

  /** A single request finds out whether the server is back. */
  async #probe<T>(outage: Outage, request: () => Promise<T>, { tries, notBefore, signal }: Attempt): Promise<T> {
    await pause(Math.max(waitAfter(outage.failures, this.#backoff, outage.last.retryAfter), notBefore - performance.now()), signal);
    try {
      return await this.#heard(request, outage);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      outage.last = error;
      outage.failures += 1;
      if (outage.failures < tries(error)) throw error;
      this.#outage = undefined;
      throw outage.end = givenUp(error);
    }
  }

  /** Records that the server answered, which ends `outage`. An error that does not pass is an answer too. */
  async #heard<T>(request: () => Promise<T>, outage?: Outage): Promise<T> {
    try {
      const answer = await request();
      this.#note(outage);
      return answer;
    } catch (error) {
      if (!(error instanceof TransientError) && !CoralError.is(error, 'cancelled')) this.#note(outage);
      throw error;
    }
  }

  #note(outage: Outage | undefined): void {
    this.#hasAnswered = true;
    if (outage === undefined) return;
    outage.end = 'answered';
    this.#outage = undefined;
  }
}

function givenUp(error: TransientError): CoralError {
  return new CoralError(error.reason, error.message, { ...error.toJSON(), isOutage: true }, { cause: error });
}

export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (milliseconds <= 0) return;
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch((reason: unknown) => { throw CoralError.from(reason); });
}
