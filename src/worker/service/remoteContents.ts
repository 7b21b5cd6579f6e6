import { CoralError, endsRun } from '../../core/base/errors';
import { mapConcurrently } from '../../core/base/mapConcurrently';
import type { WeightStore } from '../../core/storage/weightStore';
import { byteLengthOf } from '../../core/weights/dtype';
import type { DTypeShare, RemoteContents } from '../protocol/details';
import type { RemoteRequest } from '../protocol/status';
import type { CallContext } from '../rpc';
import type { WorkerSession } from './workerSession';

/** Requests for metadata under way at once. */
const concurrency = 64;

/** Asks for the metadata of every weight there. One that cannot be read is counted and hides nothing else. */
export async function remoteContents(
  session: WorkerSession, request: RemoteRequest, { onProgress, signal }: CallContext,
): Promise<RemoteContents> {
  const repository = await session.open(request.root);
  await using remote = await repository.remote(request.remote, session.remoteOptions(request, signal));
  const hashes = await remote.listRemoteWeights(signal);
  const sum = new Sum(remote.store);
  await mapConcurrently(hashes, concurrency, async (hash) => {
    await sum.add(hash, signal);
    onProgress({ phase: 'reading', remote: request.remote, weightsDone: sum.done, weightsTotal: hashes.length, bytesDone: 0 });
  });
  return sum.contents();
}

class Sum {
  readonly #store: WeightStore;
  readonly #types = new Map<string, DTypeShare>();
  #unreadable = 0;
  done = 0;

  constructor(store: WeightStore) {
    this.#store = store;
  }

  async add(hash: string, signal: AbortSignal): Promise<void> {
    try {
      const metadata = await this.#store.metadata(hash, signal);
      if (metadata) this.#count(metadata.dtype, byteLengthOf(metadata.shape, metadata.dtype), this.#store.storedBytes?.(hash));
    } catch (error) {
      if (!CoralError.means(error, 'concerns one thing') || endsRun(error)) throw error;
      this.#unreadable += 1;
    }
    this.done += 1;
  }

  contents(): RemoteContents {
    const types = [...this.#types.values()].sort((one, other) => other.rawBytes - one.rawBytes || (one.dtype < other.dtype ? -1 : 1));
    const total = (of: (share: DTypeShare) => number): number => types.reduce((sum, share) => sum + of(share), 0);
    return { weights: total(({ weights }) => weights) + this.#unreadable, rawBytes: total(
      ({ rawBytes }) => rawBytes,
    ), types, unreadable: this.#unreadable };
  }

  #count(dtype: string, rawBytes: number, storedBytes: number | undefined): void {
    const before = this.#types.get(dtype) ?? { dtype, weights: 0, rawBytes: 0, storedBytes: 0 };
    this.#types.set(dtype, {
      dtype, weights: before.weights + 1, rawBytes: before.rawBytes + rawBytes,
      storedBytes: storedBytes === undefined || before.storedBytes === undefined ? undefined : before.storedBytes + storedBytes,
    });
  }
}
