import { setTimeout as sleep } from 'node:timers/promises';
import { Semaphore } from '../../../base/semaphore';
import { CoralError } from '../../../errors';
import { TransientError } from '../transientError';

export interface Backoff {
  /** milliseconds: the limits of the first wait and of the longest one; the limit doubles each time */
  readonly firstWait: number;
  readonly maxWait: number;
}

/** What a request brings along. */
interface Attempt {
  /** how many failures like this one are taken in a row; 1: this was the last */
  readonly tries: (error: TransientError) => number;
  /** by performance.now(): when it may be made at the earliest */
  readonly notBefore: number;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds before the next request, random in the upper half of their limit: so many tries take a known time at least. */
export function waitAfter(failures: number, { firstWait, maxWait }: Backoff, retryAfter = 0): number {
  const limit = Math.min(maxWait, firstWait * 2 ** (failures - 1));
  return Math.max(retryAfter, limit * (0.5 + Math.random() / 2));
}

/** From a failure on until one that was made since is answered. Whoever has the `turn` finds that out, and nobody else ends it. */
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

  /** Whether the server was ever there: one that is gone is waited for longer than one that never was. */
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
    // Where an outage begins meanwhile, the answer says nothing of it: this was under way before.
    try {
      return await this.#heard(request);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (attempt.tries(error) <= 1) throw givenUp(error);
      this.#outage ??= new Outage(error);
      throw error;
    }
  }

  /** One of those that wait finds out whether the server is back. */
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

  /** Notes that the server was heard, which ends `outage`. An error that is not passing is an answer as well. */
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
