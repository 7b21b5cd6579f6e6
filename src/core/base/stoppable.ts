import { setMaxListeners } from 'node:events';

/** A signal that is aborted with the caller's, and by `stop`. */
export function stoppable(caller?: AbortSignal): { readonly signal: AbortSignal; readonly stop: () => void } {
  const own = new AbortController();
  const signal = caller === undefined ? own.signal : AbortSignal.any([own.signal, caller]);
  // Each request under way listens; Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal);
  return { signal, stop: () => own.abort() };
}
