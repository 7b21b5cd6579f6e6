import { CoralError, throwIfCancelled } from '../../base/errors';
import type { Session } from './session';
import { type Compression, type Entry, planWrites } from './planWrites';

interface Pending {
  readonly entry: Entry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One commit writes no more than this, unless a single weight is larger: others wait for the lock. */
const batchBytes = 64 * 1024 * 1024;
export const batchWeights = 512;
/** Those that are added within this time go together. */
const gatherMs = 2;

/** Weights and deltas that wait to be written. All that wait go in one commit, since its syncs cost more than a small weight. */
export class WriteQueue {
  readonly #session: Session;
  readonly #compression: Compression;
  #waiting: Pending[] = [];
  #running: Promise<void> | undefined;

  constructor(session: Session, compression: Compression) {
    this.#session = session;
    this.#compression = compression;
  }

  /** Resolves when it is durable. Rejects when it is not in the file. */
  add(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, gatherMs));
    while (this.#waiting.length > 0) await this.#commit(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): Pending[] {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex(({ entry }, i) => {
      bytes += entry.payload.byteLength;
      return i >= batchWeights || (i > 0 && bytes > batchBytes);
    });
    return this.#waiting.splice(0, tooMany === -1 ? Infinity : tooMany);
  }

  /** A weight that fails takes the commit with it, so the others are committed again without it. */
  async #commit(batch: Pending[]): Promise<void> {
    const replaced = new Set<Entry>();
    for (let rest = rejectCancelled(batch); rest.length > 0; rest = rejectCancelled(rest)) {
      let failed: Entry | undefined;
      const onFailure = (entry: Entry, replaceable: boolean): void => {
        failed = entry;
        if (replaceable) replaced.add(entry);
      };
      const entries = rest.map(({ entry }) => entry);
      const options = { compression: this.#compression, replaced, onFailure };
      const replacedBefore = replaced.size;
      try {
        await this.#session.write((file, catalog) => planWrites(entries, options, file, catalog), signalOf(entries));
        for (const { resolve } of rest) resolve();
        return;
      } catch (error) {
        if (replaced.size > replacedBefore) continue;
        const isLost = ({ entry }: Pending): boolean => failed === undefined || failed === entry;
        for (const { entry, reject } of rest.filter(isLost)) reject(CoralError.from(error).with({ hash: entry.hash }));
        rest = rest.filter((pending) => !isLost(pending));
      }
    }
  }
}

/** What cancels the wait for the lock: the signal that all share, as those of one transfer do. */
function signalOf(entries: readonly Entry[]): AbortSignal | undefined {
  const [first] = entries;
  return entries.every(({ signal }) => signal === first?.signal) ? first?.signal : undefined;
}

function rejectCancelled(batch: readonly Pending[]): Pending[] {
  return batch.filter(({ entry, reject }) => {
    try {
      throwIfCancelled(entry.signal);
      return true;
    } catch (error) {
      reject(error);
      return false;
    }
  });
}
