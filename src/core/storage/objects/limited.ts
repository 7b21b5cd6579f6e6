import type { ObjectBody, ObjectStore, Upload } from './objectStore';
import { Semaphore } from './semaphore';

/**
 * At most `concurrency` requests at once. A body counts until it is read to its end or left. A listing does not count: it has
 * one request under way at a time, and whoever reads it may make others in between.
 */
export function limited(inner: ObjectStore, concurrency: number): ObjectStore {
  const permits = new Semaphore(concurrency);
  const counted = <T>(request: () => Promise<T>, signal?: AbortSignal): Promise<T> => permits.with(1, request, signal);

  async function get(...[key, range, signal]: Parameters<ObjectStore['get']>): Promise<ObjectBody | undefined> {
    const release = await permits.acquire(1, signal);
    try {
      const found = await inner.get(key, range, signal);
      if (found) return { ...found, body: releasing(found.body, release) };
    } catch (error) {
      release();
      throw error;
    }
    release();
    return undefined;
  }

  async function upload(...[key, options, signal]: Parameters<ObjectStore['upload']>): Promise<Upload> {
    const begun = await counted(() => inner.upload(key, options, signal), signal);
    return {
      part: (number, bytes, stop) => counted(() => begun.part(number, bytes, stop), stop),
      complete: (tags, stop) => counted(() => begun.complete(tags, stop), stop),
      abort: () => begun.abort(),
    };
  }

  return {
    location: inner.location,
    capabilities: inner.capabilities,
    list: (prefix, signal) => inner.list(prefix, signal),
    head: (key, signal) => counted(() => inner.head(key, signal), signal),
    get,
    put: (key, bytes, options, signal) => counted(() => inner.put(key, bytes, options, signal), signal),
    upload,
    delete: (keys, signal) => counted(() => inner.delete(keys, signal), signal),
    bucketExists: (signal) => counted(() => inner.bucketExists(signal), signal),
    createBucket: (signal) => counted(() => inner.createBucket(signal), signal),
    close: () => inner.close(),
  };
}

async function* releasing(body: AsyncIterable<Uint8Array>, release: () => void): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } finally {
    release();
  }
}
