import { CoralError, throwIfCancelled } from '../../errors';
import type { ObjectBody, ObjectInfo, ObjectStore } from './objectStore';
import { TransientError } from './transientError';

export const stallMs = 30_000;

/**
 * Ends a request that has not answered, or a body that has sent nothing, for `stall` milliseconds. The time a reader takes
 * between two blocks does not count. What is being sent (put, part) is watched at the socket, where its progress can be seen.
 */
export function watchdog(inner: ObjectStore, stall = stallMs): ObjectStore {
  const answered = <T>(request: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> =>
    Watch.once(inner.location, stall, request, signal);

  async function get(...[key, range, signal]: Parameters<ObjectStore['get']>): Promise<ObjectBody | undefined> {
    const watch = new Watch(inner.location, stall, signal);
    try {
      const found = await watch.during(inner.get(key, range, watch.signal));
      if (found) return { ...found, body: watchedItems(watch, found.body) };
    } catch (error) {
      watch.end();
      throw error;
    }
    watch.end();
    return undefined;
  }

  async function* list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const watch = new Watch(inner.location, stall, signal);
    yield* watchedItems(watch, inner.list(prefix, watch.signal));
  }

  return {
    location: inner.location,
    capabilities: inner.capabilities,
    list,
    head: (key, signal) => answered((stop) => inner.head(key, stop), signal),
    get,
    put: (key, bytes, options, signal) => inner.put(key, bytes, options, signal),
    upload: (key, options, signal) => answered((stop) => inner.upload(key, options, stop), signal),
    forgetUploads: (prefix, before, signal) => answered((stop) => inner.forgetUploads(prefix, before, stop), signal),
    delete: (keys, signal) => answered((stop) => inner.delete(keys, stop), signal),
    bucketExists: (signal) => answered((stop) => inner.bucketExists(stop), signal),
    createBucket: (signal) => answered((stop) => inner.createBucket(stop), signal),
    close: () => inner.close(),
  };
}

async function* watchedItems<T>(watch: Watch, items: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = await watch.during(iterator.next());
      finished = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    finished = true;
    throw error;
  } finally {
    watch.end();
    if (!finished) await iterator.return?.();
  }
}

/** A clock that runs while something is awaited, and a signal that aborts when it, or the caller, gives up. */
class Watch {
  readonly #controller = new AbortController();
  readonly #location: string;
  readonly #stall: number;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#controller.abort();

  constructor(location: string, stall: number, caller: AbortSignal | undefined) {
    throwIfCancelled(caller);
    this.#location = location;
    this.#stall = stall;
    this.#caller = caller;
    caller?.addEventListener('abort', this.#onAbort, { once: true });
  }

  static async once<T>(location: string, stall: number, request: (signal: AbortSignal) => Promise<T>, caller?: AbortSignal): Promise<T> {
    const watch = new Watch(location, stall, caller);
    try {
      return await watch.during(request(watch.signal));
    } finally {
      watch.end();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#caller?.removeEventListener('abort', stop);
      };
      const timer = setTimeout(() => {
        settle();
        reject(new TransientError('network', `No answer from ${this.#location} for ${this.#stall / 1000} s. Check the connection and try again.`));
        this.#controller.abort();
      }, this.#stall);
      const stop = (): void => {
        settle();
        reject(new CoralError('cancelled', 'Cancelled.'));
      };
      this.#caller?.addEventListener('abort', stop, { once: true });
      work.finally(settle).then(resolve, reject);
    });
  }

  end(): void {
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }
}
