import { CoralError, throwIfCancelled } from '../../../base/errors';
import type { ObjectBody, ObjectInfo, ObjectStore } from '../objectStore';
import { maxWindows, Pace, stallMs } from '../pace';
import { TransientError } from '../transientError';

/**
 * Ends the body of an object that has got no further for `stall` milliseconds; see `Pace`. The time a reader takes between two
 * blocks does not count. What else a server answers, and what is sent to it (put, part), is watched where its bytes can be seen
 * (`boundedHandler`): here any other answer, a page of a listing say, has its longest time.
 */
export function watchdog(inner: ObjectStore, stall = stallMs): ObjectStore {
  const answered = <T>(request: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> =>
    Watch.once(inner.location, stall, (watch) => watch.during(request(watch.signal), stall * maxWindows), signal);

  async function get(...[key, range, signal]: Parameters<ObjectStore['get']>): Promise<ObjectBody | undefined> {
    const watch = new Watch(inner.location, stall, signal);
    try {
      const found = await watch.during(inner.get(key, range, watch.signal), stall * maxWindows);
      if (found) return { ...found, body: watchedBody(watch, found.body, new Pace(stall)) };
    } catch (error) {
      watch.end();
      throw error;
    }
    watch.end();
    return undefined;
  }

  async function* list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const watch = new Watch(inner.location, stall, signal);
    yield* watchedItems(watch, inner.list(prefix, watch.signal), (next) => watch.during(next, stall * maxWindows));
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

async function* watchedBody(watch: Watch, body: AsyncIterable<Uint8Array>, pace: Pace): AsyncIterable<Uint8Array> {
  for await (const block of watchedItems(watch, body, (next) => watch.at(pace, next))) {
    pace.received(block.byteLength);
    yield block;
  }
}

type Waiting = <R>(next: Promise<R>) => Promise<R>;

async function* watchedItems<T>(watch: Watch, items: AsyncIterable<T>, waiting: Waiting): AsyncIterable<T> {
  const iterator = items[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = await waiting(iterator.next());
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

  static async once<T>(location: string, stall: number, ask: (watch: Watch) => Promise<T>, caller?: AbortSignal): Promise<T> {
    const watch = new Watch(location, stall, caller);
    try {
      return await ask(watch);
    } finally {
      watch.end();
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What must be there within so many milliseconds. */
  during<T>(work: Promise<T>, limit: number): Promise<T> {
    return this.#wait(work, (late) => {
      const timer = setTimeout(() => late(this.#noAnswer(limit)), limit);
      return () => clearTimeout(timer);
    });
  }

  /** What may take its time as long as the pace is kept. */
  at<T>(pace: Pace, work: Promise<T>): Promise<T> {
    return this.#wait(work, (late) => pace.run((bytes) => late(bytes === 0 ? this.#noAnswer(this.#stall) : this.#tooSlow(bytes))));
  }

  #wait<T>(work: Promise<T>, start: (late: (error: CoralError) => void) => () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        stopClock();
        this.#caller?.removeEventListener('abort', stop);
      };
      const stopClock = start((error) => {
        settle();
        reject(error);
        this.#controller.abort();
      });
      const stop = (): void => {
        settle();
        reject(new CoralError('cancelled', 'Cancelled.'));
      };
      this.#caller?.addEventListener('abort', stop, { once: true });
      work.finally(settle).then(resolve, reject);
    });
  }

  #noAnswer(limit: number): CoralError {
    return new TransientError('network', `No answer from ${this.#location} for ${limit / 1000} s. Check the connection and try again.`);
  }

  #tooSlow(bytes: number): CoralError {
    const sent = `${this.#location} sent only ${bytes} bytes in ${this.#stall / 1000} s`;
    return new TransientError('network', `${sent}, which is too slow to go on. Check the connection and try again.`, { patience: 'short' });
  }

  end(): void {
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }
}
