import { stoppable } from './stoppable';

/**
 * As Promise.all; but when one rejects, the signal that all were given is aborted, and none of them goes on by the time that this
 * rejects, with that first error.
 * @param start begins all; each is to end when `signal` is aborted
 */
export async function together<All extends readonly Promise<unknown>[]>(
  start: (signal: AbortSignal) => readonly [...All], signal?: AbortSignal,
): Promise<{ -readonly [Index in keyof All]: Awaited<All[Index]> }> {
  const { signal: either, stop } = stoppable(signal);
  const all = start(either);
  try {
    return await Promise.all(all);
  } catch (error) {
    stop();
    await Promise.allSettled(all);
    throw error;
  }
}
