// A worker for the tests of rpc and client: methods of CoralApi stand for whatever a test needs.
import { parentPort } from 'node:worker_threads';
import { CoralError } from '../../../src/core/base/errors';
import type { WorkerSettings } from '../../../src/worker/protocol';
import { type CallContext, serve } from '../../../src/worker/rpc';

if (!parentPort) throw new Error('to be started as a worker');
let settings: WorkerSettings = {};

serve(parentPort, {
  configure: (next: WorkerSettings) => {
    settings = next;
    return Promise.resolve();
  },
  /** answers with the settings */
  readUrl: () => Promise.resolve({ backend: String(settings.concurrency), url: '' }),
  /** rejects with an error of ours */
  info: () => Promise.reject(new CoralError('denied', 'No.', { remote: 'origin', hash: '9f3a61c2d1e0b7a8' })),
  /** rejects with one of somebody else's */
  status: () => Promise.reject(new TypeError('x is not a function')),
  /** reports progress as fast as it can for a second, unless cancelled */
  push: async (_: unknown, { onProgress, signal }: CallContext) => {
    const end = Date.now() + 1_000;
    let reports = 0;
    for (; Date.now() < end; reports += 1) {
      onProgress({ phase: 'pushing', remote: 'origin', weightsDone: reports, weightsTotal: 1_000_000, bytesDone: 0 });
      await new Promise(setImmediate);
      if (signal.aborted) throw new DOMException('This operation was aborted', 'AbortError');
    }
    return reports;
  },
  /** dies of an exception that nobody catches */
  pull: () => {
    setImmediate(() => { throw new Error('out of order'); });
    return new Promise(() => undefined);
  },
  /** dies of memory */
  sync: () => {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(1_000_000).fill(Math.random()));
  },
  /** hears nothing any more */
  createRemote: () => { for (;;); },
  /** never answers */
  repository: () => new Promise(() => undefined),
  /** answers, and then ends */
  removeRemote: () => {
    setImmediate(() => process.exit(3));
    return Promise.reject(new Error('fatal'));
  },
});
