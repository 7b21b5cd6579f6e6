import { setMaxListeners } from 'node:events';

/** A signal that aborts when the caller's does, or when `stop` is called. */
export function stoppable(caller?: AbortSignal): { readonly signal: AbortSignal; readonly stop: () => void } {
  const own = new AbortController();
  const signal = caller === undefined ? own.signal : AbortSignal.any([own.signal, caller]);
  // Every request under way adds a listener, and Node warns of a leak from the eleventh on.
  setMaxListeners(0, signal);
  return { signal, stop: () => own.abort() };
}
