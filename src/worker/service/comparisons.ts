import type { Remote } from '../../core/remotes/remote';
import type { SyncStatus } from '../../core/repository/syncStatus';
import type { WeightStore } from '../../core/storage/weightStore';
import type { RemoteRequest } from '../protocol/status';
import { type WeightGroup, weightGroups } from '../protocol/weights';
import { Comparison, givenNames } from './comparison';
import { Reusable } from './reusable';
import type { WorkerSession } from './session';

/** A comparison, and the stores of its two sides. */
export interface Compared {
  readonly comparison: Comparison;
  readonly store: <T>(group: WeightGroup, use: (store: WeightStore) => Promise<T>) => Promise<T>;
  /** what lies there would take a request each */
  readonly isBucket: (group: WeightGroup) => Promise<boolean>;
}

/** One comparison for each status, as long as that is remembered. */
export class Comparisons {
  readonly #session: WorkerSession;
  readonly #byStatus = new WeakMap<SyncStatus, Promise<Compared>>();
  readonly #sizes = new Map<string, number>();

  constructor(session: WorkerSession) {
    this.#session = session;
  }

  /** Of the last status; asks the remote only when there is none. */
  async last(request: RemoteRequest, signal: AbortSignal): Promise<Compared> {
    return this.#of(await this.#session.lastStatus(request, signal), request);
  }

  /** Reads the names and divides them into modules before somebody looks: for 100,000 weights that takes half a second. */
  async prepare(status: SyncStatus, request: RemoteRequest): Promise<void> {
    const { comparison } = await this.#of(status, request);
    for (const group of weightGroups) comparison.modules(group).divide();
  }

  #of(status: SyncStatus, request: RemoteRequest): Promise<Compared> {
    const compared = this.#byStatus.get(status) ?? this.#compare(status, request);
    this.#byStatus.set(status, compared);
    compared.catch(() => this.#byStatus.delete(status));
    return compared;
  }

  async #compare(status: SyncStatus, request: RemoteRequest): Promise<Compared> {
    const repository = await this.#session.open(request.root);
    const here = new Reusable(() => repository.localStore('read'));
    // Shared by calls that may be cancelled one by one, so it is opened for none of them.
    const there = new Reusable<Remote>(() => repository.remote(request.remote, this.#session.remoteOptions(request, new AbortController().signal)));
    return {
      comparison: new Comparison(status, givenNames(await repository.state()), this.#sizes),
      store: (group, use) => (group === 'behind' ? there.use((remote) => use(remote.store)) : here.use(use)),
      isBucket: async (group) => group === 'behind' && there.use(async ({ config }) => config.location.kind === 'bucket'),
    };
  }
}
