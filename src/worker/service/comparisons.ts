import type { Remote } from '../../core/sync/remote';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { WeightStore } from '../../core/storage/weightStore';
import type { RemoteRequest } from '../protocol/status';
import type { NameFacts, NameOfWeight, WeightGroup } from '../protocol/weights';
import { StatusLists } from './statusLists';
import { knownNames, nameFacts } from './knownNames';
import { Reusable } from './reusable';
import type { WorkerSession } from './workerSession';

/** A comparison, and the stores of its two sides. */
export interface Compared {
  readonly comparison: StatusLists;
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

  /**
   * Reads the names and divides them into modules before somebody looks: for 100,000 weights that takes half a second.
   * Resolves with how many names there are in each group.
   */
  async prepare(status: SyncStatus, request: RemoteRequest): Promise<Readonly<Record<WeightGroup, number>>> {
    const { comparison } = await this.#of(status, request);
    const countNames = (group: WeightGroup): number => {
      const level = comparison.modules(group);
      level.divide();
      return level.nameCount;
    };
    return { ahead: countNames('ahead'), behind: countNames('behind'), synced: countNames('synced') };
  }

  /** Read anew: it is asked for now and then, and commits of 100,000 names are not to be kept for it. */
  async nameFacts(request: RemoteRequest, of: NameOfWeight, signal: AbortSignal): Promise<NameFacts> {
    const status = await this.#session.lastStatus(request, signal);
    const repository = await this.#session.open(request.root);
    return nameFacts(await repository.state(signal), { ...status, remote: request.remote }, of);
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
    const there = new Reusable<Remote>(
      () => repository.remote(request.remote, this.#session.remoteOptions(request, new AbortController().signal)),
    );
    const names = knownNames(await repository.state(), { ...status, remote: request.remote });
    return {
      comparison: new StatusLists(status, names, this.#sizes),
      store: (group, use) => (group === 'behind' ? there.use((remote) => use(remote.store)) : here.use(use)),
      isBucket: async (group) => group === 'behind' && there.use(async ({ config }) => config.location.kind === 'bucket'),
    };
  }
}
