import { CoralError } from '../core/errors';
import { Remote } from '../core/remotes/remote';
import { RemoteConfig } from '../core/remotes/remoteConfig';
import type { RemoteOptions } from '../core/remotes/remoteStore';
import type { SyncResultJSON } from '../core/remotes/syncResult';
import { Repository, type RemoteTransferOptions } from '../core/repository/repository';
import type { SyncStatus } from '../core/repository/syncStatus';
import type { NetworkSettings } from '../core/storage/objects/connect';
import { machineCertificates } from './certificates';
import { Comparison } from './comparison';
import type {
  CoralApi, NewRemote, RemoteCheck, RemoteInfo, RemoteLocationText, RemoteRequest, RemoteSummary, RepositorySnapshot, StatusSnapshot,
  TransferRequest, WeightPage, WeightsRequest, WorkerSettings,
} from './protocol';
import type { CallContext, Handlers } from './rpc';

type Api = { [Method in keyof CoralApi]: CoralApi[Method] };

/** The worker's side of CoralApi: core behind plain data. */
export class CoralService {
  #settings: WorkerSettings = {};
  readonly #statuses = new Map<string, SyncStatus>();
  readonly #comparisons = new WeakMap<SyncStatus, Comparison>();

  handlers(): Handlers<Api> {
    return {
      configure: (settings) => this.#configure(settings),
      repository: ({ root }, { signal }) => this.#snapshot(root, signal),
      status: (request, { signal }) => this.#status(request, signal),
      weights: (request, { signal }) => this.#weights(request, signal),
      push: (request, context) => this.#transfer('push', request, context),
      pull: (request, context) => this.#transfer('pull', request, context),
      sync: (request, context) => this.#transfer('sync', request, context),
      readUrl: ({ url }) => this.#readUrl(url),
      testRemote: (remote, { signal }) => this.#test(remote, signal),
      addRemote: (remote) => this.#addRemote(remote),
      removeRemote: async ({ root, remote }) => (await this.#open(root)).removeRemote(remote),
      info: (request, { signal }) => this.#info(request, signal),
    };
  }

  #configure(settings: WorkerSettings): Promise<void> {
    this.#settings = settings;
    return Promise.resolve();
  }

  async #snapshot(root: string, signal: AbortSignal): Promise<RepositorySnapshot> {
    const repository = await this.#open(root);
    const { head, commits, staged, remotes, problems } = await repository.state(signal);
    const local = await countLocal(repository, signal);
    return {
      root, ...head, commits: commits.size, staged: Object.keys(staged.weights).length, weights: local.weights,
      remotes: remotes.map(summaryOf), problems: [...problems, ...local.problems].map((problem) => problem.toJSON()),
    };
  }

  async #status(request: RemoteRequest, signal: AbortSignal): Promise<StatusSnapshot> {
    const { ahead, behind, synced, missing, isSynced, warnings } = await this.#ask(request, signal);
    return {
      remote: request.remote, ahead: ahead.length, behind: behind.length, synced: synced.length, missing, isSynced, warnings, checkedAt: Date.now(),
    };
  }

  async #ask(request: RemoteRequest, signal: AbortSignal): Promise<SyncStatus> {
    const repository = await this.#open(request.root);
    const status = await repository.getSyncStatus(request.remote, this.#remoteOptions(request, signal));
    this.#statuses.set(keyOf(request), status);
    return status;
  }

  /** Names are read only for those who want to see weights. */
  async #compare(status: SyncStatus, repository: Repository): Promise<Comparison> {
    const comparison = this.#comparisons.get(status) ?? new Comparison(status, await repository.names());
    this.#comparisons.set(status, comparison);
    return comparison;
  }

  async #weights(request: WeightsRequest, signal: AbortSignal): Promise<WeightPage> {
    const { group, offset, limit } = request;
    const repository = await this.#open(request.root);
    const comparison = await this.#compare(this.#statuses.get(keyOf(request)) ?? await this.#ask(request, signal), repository);
    const hashes = comparison.sorted(group);
    const page = hashes.slice(offset, offset + limit);
    if (group === 'behind') {
      await using remote = await repository.remote(request.remote, this.#remoteOptions(request, signal));
      return { rows: await comparison.rows(group, page, remote.store, signal), total: hashes.length };
    }
    const local = await repository.localStore('read');
    try {
      return { rows: await comparison.rows(group, page, local, signal), total: hashes.length };
    } finally {
      await local.close();
    }
  }

  async #transfer(direction: 'push' | 'pull' | 'sync', request: TransferRequest, { onProgress, signal }: CallContext): Promise<SyncResultJSON> {
    const { weightHashes, force, createBucket } = request;
    const repository = await this.#open(request.root);
    const options: RemoteTransferOptions = { ...this.#remoteOptions(request, signal), weightHashes, force, createBucket, onProgress };
    return (await repository[direction](request.remote, options)).toJSON();
  }

  async #readUrl(url: string): Promise<RemoteLocationText> {
    const { backend, url: expanded, endpointUrl } = RemoteConfig.fromUrl('remote', url);
    return Promise.resolve({ backend, url: expanded, endpointUrl });
  }

  /** The answer says what is wrong, so that the one who typed the URL can decide. */
  async #test(request: NewRemote, signal: AbortSignal): Promise<RemoteCheck> {
    try {
      const { name, url, region, endpointUrl } = request;
      const config = RemoteConfig.fromUrl(name, url, { region, endpointUrl });
      await using remote = await Remote.fromConfig(config, this.#remoteOptions(request, signal));
      const exists = await remote.exists(signal);
      return { reachable: true, exists, weights: exists ? (await remote.listRemoteWeights(signal)).length : 0 };
    } catch (error) {
      const known = CoralError.from(error, 'network');
      if (known.reason === 'cancelled') throw known;
      return { reachable: known.reason !== 'network', exists: false, weights: 0, error: known.toJSON() };
    }
  }

  async #addRemote({ root, name, url, region, endpointUrl }: NewRemote): Promise<void> {
    await (await this.#open(root)).addRemote(name, { url, region, endpointUrl });
  }

  async #info(request: RemoteRequest, signal: AbortSignal): Promise<RemoteInfo> {
    const repository = await this.#open(request.root);
    await using remote = await repository.remote(request.remote, this.#remoteOptions(request, signal));
    const { name, url, backend, credentialsSource, storageInfo } = await remote.getRemoteInfo(signal);
    return { name, url, backend, credentialsSource, storage: storageInfo, refs: await remote.fetchRefs(signal) };
  }

  #open(root: string): Promise<Repository> {
    return Repository.open(root, { remotesFileShape: this.#settings.remotesFileShape });
  }

  #remoteOptions({ credentials }: Pick<RemoteRequest, 'credentials'>, signal: AbortSignal): RemoteOptions {
    const { concurrency, compression } = this.#settings;
    return { credentials, network: this.#network(), concurrency, compression, signal };
  }

  /** The certificates are read when a connection is made: it takes 0.2 s, and a folder needs none. */
  #network(): NetworkSettings {
    const { network, systemCertificates } = this.#settings;
    return { ...network, get ca() { return systemCertificates ? machineCertificates() : undefined; } };
  }
}

function keyOf({ root, remote }: RemoteRequest): string {
  return `${root}\0${remote}`;
}

/** A store that cannot be read is a problem to show, and hides nothing else. */
async function countLocal(repository: Repository, signal: AbortSignal): Promise<{ weights: number; problems: CoralError[] }> {
  try {
    const store = await repository.localStore('read');
    try {
      return { weights: (await store.list(signal)).length, problems: [] };
    } finally {
      await store.close();
    }
  } catch (error) {
    if (CoralError.is(error, 'cancelled')) throw error;
    return { weights: 0, problems: [CoralError.from(error)] };
  }
}

/** Without the secrets that a hand-written remotes.json may hold. */
function summaryOf({ name, url, backend, region, endpointUrl, autoPush, autoPull }: RemoteConfig): RemoteSummary {
  return { name, url, backend, region, endpointUrl, autoPush, autoPull };
}
