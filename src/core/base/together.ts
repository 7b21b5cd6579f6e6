import { stoppable } from './stoppable';

/**
 * Like Promise.all; but when one rejects, the signal given to all is aborted, and this rejects with that first error only once
 * all of them have ended.
 * @param start begins all; each must end when `signal` is aborted
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
