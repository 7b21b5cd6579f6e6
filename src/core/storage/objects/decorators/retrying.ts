import { CoralError, throwIfCancelled } from '../../../base/errors';
import { type ByteRange, discard, type ObjectBody, type ObjectInfo, type ObjectStore, type Upload, type Written } from '../objectStore';
import { TransientError } from '../transientError';
import { type Backoff, OutageGate, pause, waitAfter } from './outage';

export interface RetryPolicy extends Backoff {
  readonly tries: number;
  /** for failures with short patience, as long as the server has never answered */
  readonly shortTries: number;
  /** milliseconds: a server that asks for a longer wait than this is given up */
  readonly maxRetryAfter: number;
}

export const defaultPolicy: RetryPolicy = { tries: 8, shortTries: 3, firstWait: 250, maxWait: 10_000, maxRetryAfter: 60_000 };

/** Progress of a body, in bytes, that renews its tries: a slow link that keeps breaking still gets through. */
const bytesOfProgress = 64 * 1024;
/** Progress of a listing, in keys: about a page, since it restarts from the beginning. */
const keysOfProgress = 1000;

/**
 * Tries again what failed with a TransientError; while nothing is answered, one request at a time (see `OutageGate`). A body that breaks
 * goes on where it stopped, as long as the object is the same. A conditional put is never sent twice: the second could meet the success of
 * the first and call it a conflict.
 */
export function retrying(inner: ObjectStore, policy: RetryPolicy = defaultPolicy): ObjectStore {
  const gate = new OutageGate(policy);
  const again = <T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> => (
    retry(attempt, new Tries(policy, gate, Infinity, signal)));

  async function get(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ObjectBody | undefined> {
    const found = await again(() => inner.get(key, range, signal), signal);
    const reopen = (rest: ByteRange): Promise<ObjectBody | undefined> => again(() => inner.get(key, rest, signal), signal);
    return found && { ...found, body: resuming(found, range, reopen, new Tries(policy, gate, bytesOfProgress, signal)) };
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
    list: (prefix, signal) => relisting(() => inner.list(prefix, signal), new Tries(policy, gate, keysOfProgress, signal)),
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

async function retry<T>(attempt: () => Promise<T>, tries: Tries): Promise<T> {
  for (;;) {
    try {
      return await tries.pass(attempt);
    } catch (error) {
      tries.after(error);
    }
  }
}

/**
 * Counts failures against the policy. Only substantial progress renews the tries: otherwise a server that sends a byte and hangs
 * up would be asked for ever.
 */
class Tries {
  readonly #policy: RetryPolicy;
  readonly #gate: OutageGate;
  readonly #step: number;
  readonly #signal: AbortSignal | undefined;
  #failures = 0;
  #progress = 0;
  #notBefore = 0;

  /** @param step how much progress renews it, since it was renewed last */
  constructor(policy: RetryPolicy, gate: OutageGate, step: number, signal: AbortSignal | undefined) {
    this.#policy = policy;
    this.#gate = gate;
    this.#step = step;
    this.#signal = signal;
  }

  pass<T>(request: () => Promise<T>): Promise<T> {
    return this.#gate.pass(request, { tries: (error) => this.#allowed(error), notBefore: this.#notBefore, signal: this.#signal });
  }

  /** Waits as long as `after` said. */
  pause(): Promise<void> {
    return pause(this.#notBefore - performance.now(), this.#signal);
  }

  progress(amount: number): void {
    this.#progress += amount;
    if (this.#progress < this.#step) return;
    this.#progress = 0;
    this.#failures = 0;
  }

  /** Lets `pass` wait before the next try, or throws the error when there is to be none. */
  after(error: unknown): void {
    throwIfCancelled(this.#signal);
    this.#failures += 1;
    if (!(error instanceof TransientError) || this.#failures >= this.#allowed(error)) throw error;
    this.#notBefore = performance.now() + waitAfter(this.#failures, this.#policy, error.retryAfter);
  }

  #allowed({ patience, retryAfter = 0 }: TransientError): number {
    const { tries, shortTries, maxRetryAfter } = this.#policy;
    if (retryAfter > maxRetryAfter) return 1;
    return patience === 'short' && !this.#gate.hasAnswered ? Math.min(shortTries, tries) : tries;
  }
}

async function* resuming(
  first: ObjectBody, range: ByteRange | undefined, open: (rest: ByteRange) => Promise<ObjectBody | undefined>, tries: Tries,
): AsyncIterable<Uint8Array> {
  const end = Math.min(range?.end ?? first.size, first.size);
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
      // Without a stated size nobody knows what is missing.
      if (position >= end) throw error;
      tries.after(error);
    }
    await tries.pause();
    const rest = await open({ start: position, end });
    if (rest?.tag !== first.tag) {
      if (rest) await discard(rest.body);
      throw new CoralError('conflict', `${first.key} was replaced while it was being read. Try again.`);
    }
    current = rest;
  }
}

/** A listing that breaks is begun again; what was given already is left out. */
async function* relisting(open: () => AsyncIterable<ObjectInfo>, tries: Tries): AsyncIterable<ObjectInfo> {
  let last: Buffer | undefined;
  for (;;) {
    try {
      let skipping = last;
      for await (const info of begun(open, tries)) {
        const key = Buffer.from(info.key);
        if (skipping && key.compare(skipping) <= 0) continue;
        skipping = undefined;
        last = key;
        tries.progress(1);
        yield info;
      }
      return;
    } catch (error) {
      tries.after(error);
    }
  }
}

/** The listing, its first page asked for as any other request. */
async function* begun(open: () => AsyncIterable<ObjectInfo>, tries: Tries): AsyncIterable<ObjectInfo> {
  const listing = open()[Symbol.asyncIterator]();
  try {
    for (let next = await tries.pass(() => listing.next()); next.done !== true; next = await listing.next()) yield next.value;
  } finally {
    await listing.return?.();
  }
}
