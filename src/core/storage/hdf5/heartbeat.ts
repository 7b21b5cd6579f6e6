import { Worker } from 'node:worker_threads';

/** How often a lock file shows that its owner lives. */
const beatMs = 2_000;

/** The counter in a lock file that grows while its owner lives. Its text has a fixed length, so that it can be written in place. */
export const firstBeat = '"beats":"000000000"';
const beatDigits = /(?<="beats":")\d+/;

/**
 * Runs beside the thread that writes, which may wait for a slow disk much longer than others wait for a sign of life. It writes to a
 * file only while it has open the very one that holds its owner's id: the name may stand for another owner's lock by then.
 */
const threadCode = `
const { closeSync, openSync, readSync, writeSync } = require('node:fs');
const { parentPort, workerData: { beatDigits, beatMs } } = require('node:worker_threads');
const locks = new Map();
parentPort.on('message', ({ path, id }) => { if (path === undefined) locks.delete(id); else locks.set(id, { path, beats: 0 }); });
function beat(id, lock) {
  const file = openSync(lock.path, 'r+');
  try {
    const bytes = Buffer.alloc(4096);
    const text = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
    if (!text.includes(id)) return locks.delete(id);
    lock.beats += 1;
    writeSync(file, text.replace(beatDigits, (digits) => String(lock.beats).padStart(digits.length, '0')), 0);
  } finally {
    closeSync(file);
  }
}
setInterval(() => {
  for (const [id, lock] of locks) try { beat(id, lock); } catch { /* the next beat may succeed */ }
}, beatMs);
`;

let thread: Worker | undefined;

/** Shows a sign of life in the lock file until the returned function is called. */
export function startHeartbeat(path: string, id: string): () => void {
  thread ??= startThread();
  thread.postMessage({ path, id });
  return () => thread?.postMessage({ id });
}

function startThread(): Worker {
  const started = new Worker(threadCode, { eval: true, workerData: { beatDigits, beatMs } });
  // Without a heartbeat others take the lock over after a while, which its owner notices before it writes.
  started.on('error', () => { thread = undefined; });
  started.unref();
  return started;
}
