import { setTimeout as sleep } from 'node:timers/promises';
import { CoralError, throwIfCancelled } from '../../../errors';
import { type ByteRange, discard, type ObjectBody, type ObjectInfo, type ObjectStore, type Upload, type Written } from '../objectStore';
import { TransientError } from '../transientError';

export interface RetryPolicy {
  readonly tries: number;
  /** for failures with short patience */
  readonly shortTries: number;
  /** milliseconds: the longest first wait, and the longest of all; each wait is random below its limit, which doubles each time */
  readonly firstWait: number;
  readonly longestWait: number;
  /** milliseconds: a server that asks for a longer wait than this is given up */
  readonly longestRetryAfter: number;
}

export const defaultPolicy: RetryPolicy = { tries: 8, shortTries: 3, firstWait: 250, longestWait: 10_000, longestRetryAfter: 60_000 };

/** Of a body, in bytes: a slow link that breaks all the time still gets through, with eight tries for each so many. */
const bytesOfProgress = 64 * 1024;
/** Of a listing, which begins anew each time: about a page. */
const keysOfProgress = 1000;

/**
 * Tries again what failed with a TransientError. A body that breaks goes on where it stopped, as long as the object is the
 * same. A conditional put is never sent twice: the second could meet the success of the first and call it a conflict.
 */
export function retrying(inner: ObjectStore, policy: RetryPolicy = defaultPolicy): ObjectStore {
  const again = <T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> => retry(attempt, policy, signal);

  async function get(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ObjectBody | undefined> {
    const found = await again(() => inner.get(key, range, signal), signal);
    return found && { ...found, body: resuming(found, range, (rest) => again(() => inner.get(key, rest, signal), signal), policy, signal) };
  }

  async function upload(...[key, options, signal]: Parameters<ObjectStore['upload']>): Promise<Upload> {
    const begun = await again(() => inner.upload(key, options, signal), signal);
    return {
      holds: (number, bytes) => begun.holds(number, bytes),
      part: (number, bytes, stop) => again(() => begun.part(number, bytes, stop), stop),
      complete: (tags, stop) => again(() => begun.complete(tags, stop), stop),
      abort: () => again(() => begun.abort()),
    };
  }

  return {
    location: inner.location,
    capabilities: inner.capabilities,
    list: (prefix, signal) => relisting(() => inner.list(prefix, signal), policy, signal),
    head: (key, signal) => again(() => inner.head(key, signal), signal),
    get,
    put: (key, bytes, options = {}, signal) => {
      const attempt = (): Promise<Written> => inner.put(key, bytes, options, signal);
      return options.ifAbsent || options.ifMatch !== undefined ? attempt() : again(attempt, signal);
    },
    upload,
    forgetUploads: (prefix, before, signal) => again(() => inner.forgetUploads(prefix, before, signal), signal),
    delete: (keys, signal) => again(() => inner.delete(keys, signal), signal),
    bucketExists: (signal) => again(() => inner.bucketExists(signal), signal),
    createBucket: (signal) => again(() => inner.createBucket(signal), signal),
    close: () => inner.close(),
  };
}

async function retry<T>(attempt: () => Promise<T>, policy: RetryPolicy, signal?: AbortSignal): Promise<T> {
  const tries = new Tries(policy, Infinity, signal);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await tries.after(error);
    }
  }
}

/** What is left of the policy. Only substantial progress renews it: a server that gives a byte and hangs up would be asked for ever. */
class Tries {
  readonly #policy: RetryPolicy;
  readonly #step: number;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;
  #progress = 0;

  /** @param step how much progress renews it, since it was renewed last */
  constructor(policy: RetryPolicy, step: number, signal: AbortSignal | undefined) {
    this.#policy = policy;
    this.#step = step;
    this.#signal = signal;
  }

  progress(amount: number): void {
    this.#progress += amount;
    if (this.#progress < this.#step) return;
    this.#progress = 0;
    this.#failures = 0;
  }

  /** Waits before the next try, or throws the error when there is to be none. */
  async after(error: unknown): Promise<void> {
    throwIfCancelled(this.#signal);
    this.#failures += 1;
    if (!(error instanceof TransientError) || this.#failures >= this.#allowed(error)) throw error;
    if (error.retryAfter !== undefined && error.retryAfter > this.#policy.longestRetryAfter) throw error;
    const limit = Math.min(this.#policy.longestWait, this.#policy.firstWait * 2 ** (this.#failures - 1));
    const wait = Math.max(error.retryAfter ?? 0, Math.random() * limit);
    await sleep(wait, undefined, this.#signal ? { signal: this.#signal } : {}).catch((reason: unknown) => { throw CoralError.from(reason); });
  }

  #allowed({ patience }: TransientError): number {
    const { tries, shortTries } = this.#policy;
    return patience === 'short' ? Math.min(shortTries, tries) : tries;
  }
}

async function* resuming(
  first: ObjectBody, range: ByteRange | undefined, open: (rest: ByteRange) => Promise<ObjectBody | undefined>,
  policy: RetryPolicy, signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const end = Math.min(range?.end ?? first.size, first.size);
  const tries = new Tries(policy, bytesOfProgress, signal);
  let position = range?.start ?? 0;
  let current = first;
  for (;;) {
    try {
      for await (const block of current.body) {
        position += block.byteLength;
        tries.progress(block.byteLength);
        yield block;
      }
      return;
    } catch (error) {
      if (position === end && end > 0) return;
      // Of an answer that did not say its size, nobody knows what is missing.
      if (position >= end) throw error;
      await tries.after(error);
    }
    const rest = await open({ start: position, end });
    if (rest?.tag !== first.tag) {
      if (rest) await discard(rest.body);
      throw new CoralError('conflict', `${first.key} was replaced while it was being read. Try again.`);
    }
    current = rest;
  }
}

/** A listing that breaks is begun again; what was given already is left out. */
async function* relisting(open: () => AsyncIterable<ObjectInfo>, policy: RetryPolicy, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
  const tries = new Tries(policy, keysOfProgress, signal);
  let last: Buffer | undefined;
  for (;;) {
    try {
      let skipping = last;
      for await (const info of open()) {
        const key = Buffer.from(info.key);
        if (skipping && key.compare(skipping) <= 0) continue;
        skipping = undefined;
        last = key;
        tries.progress(1);
        yield info;
      }
      return;
    } catch (error) {
      await tries.after(error);
    }
  }
}
