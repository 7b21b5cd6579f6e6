import { isDeepStrictEqual } from 'node:util';
import type { Agreed } from '../../core/remotes/agreed';
import type { RemoteOptions } from '../../core/remotes/remoteStore';
import { Repository } from '../../core/repository/repository';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { NetworkSettings } from '../../core/storage/objects/agents';
import { Bandwidth } from '../../core/transfer/bandwidth';
import { machineCertificates } from '../certificates';
import type { WorkerSettings } from '../protocol';
import type { RemoteRequest } from '../protocol/status';

/** What the worker remembers between calls: its settings, and the last status of each remote. */
export class WorkerSession {
  /** shared by all transfers */
  readonly bandwidth = new Bandwidth();
  readonly #log: (text: string) => void;
  #settings: WorkerSettings = {};
  readonly #statuses = new Map<string, { readonly status: SyncStatus; readonly agreed: Agreed }>();

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  get settings(): WorkerSettings { return this.#settings; }

  configure(settings: WorkerSettings): Promise<void> {
    this.#settings = settings;
    this.bandwidth.bytesPerSecond = settings.bytesPerSecond;
    return Promise.resolve();
  }

  async open(root: string): Promise<Repository> {
    const { remotesFileShape, realPaths = {} } = this.#settings;
    const repository = await Repository.open(root, { remotesFileShape });
    const { realRoot } = repository;
    if (!Object.hasOwn(realPaths, realRoot)) return repository;
    return Repository.open(root, { remotesFileShape, agreed: { realRoot, realPaths: realPaths[realRoot] } });
  }

  /** How to reach a remote. */
  remoteOptions(
    { credentials, agreed }: Pick<RemoteRequest, 'credentials'> & Partial<Pick<RemoteRequest, 'agreed'>>, signal: AbortSignal,
  ): RemoteOptions {
    const { concurrency, compression, logsRequests } = this.#settings;
    return {
      credentials, agreed, network: this.#network(), concurrency, compression, onRequest: logsRequests ? this.#log : undefined, signal,
    };
  }

  /** Asks the remote, and remembers the answer. */
  async ask(request: RemoteRequest, signal: AbortSignal): Promise<SyncStatus> {
    const repository = await this.open(request.root);
    const status = await repository.getSyncStatus(request.remote, this.remoteOptions(request, signal));
    this.#statuses.set(keyOf(request), { status, agreed: request.agreed });
    return status;
  }

  /** The last answer of this very place; asks only when there is none. */
  async lastStatus(request: RemoteRequest, signal: AbortSignal): Promise<SyncStatus> {
    const last = this.#statuses.get(keyOf(request));
    return last && isDeepStrictEqual(last.agreed, request.agreed) ? last.status : this.ask(request, signal);
  }

  /** The last answers of the remotes of a repository, by name, as far as they were asked. */
  rememberedStatuses(root: string): Map<string, SyncStatus> {
    const prefix = keyOf({ root, remote: '' });
    return new Map(
      [...this.#statuses].filter(([key]) => key.startsWith(prefix)).map(([key, { status }]) => [key.slice(prefix.length), status]),
    );
  }

  /** The certificates are read when a connection is made: it takes 0.2 s, and a folder needs none. */
  #network(): NetworkSettings {
    const { network, systemCertificates } = this.#settings;
    return { ...network, get ca() { return systemCertificates ? machineCertificates() : undefined; } };
  }
}

function keyOf({ root, remote }: Pick<RemoteRequest, 'root' | 'remote'>): string {
  return `${root}\0${remote}`;
}
