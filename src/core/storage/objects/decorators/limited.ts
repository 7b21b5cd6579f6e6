import type { ObjectBody, ObjectStore, Upload } from '../objectStore';
import { Semaphore } from '../../../base/semaphore';

/** The most that one request counts, and that all count together: up to 16 large bodies at the same time, however many small ones. */
const maxShare = 4 * 1024 * 1024;
const maxBytesUnderWay = 16 * maxShare;

/**
 * At most `concurrency` requests at once, and fewer where their bodies are large: more of those would only share the bandwidth,
 * while small ones wait for answers. A body counts until it is read to its end or left. A listing does not count: it has one
 * request under way at a time, and whoever reads it may make others in between.
 */
export function limited(inner: ObjectStore, concurrency: number): ObjectStore {
  const requests = new Semaphore(concurrency);
  const bytes = new Semaphore(maxBytesUnderWay);

  async function acquire(size: number, signal?: AbortSignal): Promise<() => void> {
    const releaseBytes = await bytes.acquire(Math.min(size, maxShare), signal);
    try {
      const releaseRequest = await requests.acquire(1, signal);
      return () => {
        releaseRequest();
        releaseBytes();
      };
    } catch (error) {
      releaseBytes();
      throw error;
    }
  }

  async function counted<T>(request: () => Promise<T>, signal?: AbortSignal, size = 0): Promise<T> {
    const release = await acquire(size, signal);
    try {
      return await request();
    } finally {
      release();
    }
  }

  async function get(...[key, range, signal]: Parameters<ObjectStore['get']>): Promise<ObjectBody | undefined> {
    const release = await acquire(range ? range.end - range.start : 0, signal);
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
      holds: (number, block) => begun.holds(number, block),
      part: (number, block, stop) => counted(() => begun.part(number, block, stop), stop, block.byteLength),
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
    put: (key, body, options, signal) => counted(() => inner.put(key, body, options, signal), signal, body.byteLength),
    upload,
    forgetUploads: (prefix, before, signal) => counted(() => inner.forgetUploads(prefix, before, signal), signal),
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
