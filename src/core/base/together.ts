import { setMaxListeners } from 'node:events';

/**
 * As Promise.all; but when one rejects, the signal that all were given is aborted, and none of them goes on by the time that this
 * rejects, with that first error.
 * @param start begins all; each is to end when `signal` is aborted
 */
export async function together<All extends readonly Promise<unknown>[]>(
  start: (signal: AbortSignal) => readonly [...All], signal?: AbortSignal,
): Promise<{ -readonly [Index in keyof All]: Awaited<All[Index]> }> {
  const stop = new AbortController();
  const either = AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]);
  // Each request under way listens; Node takes more than ten listeners for a leak.
  setMaxListeners(0, either);
  const all = start(either);
  try {
    return await Promise.all(all);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(all);
    throw error;
  }
}
