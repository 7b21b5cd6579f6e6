import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CoralError } from '../errors';
import type { Commit } from '../history/commit';
import { ancestors } from '../history/graph';
import type { Remote } from '../remotes/remote';
import { RemoteConfig, type RemoteFields } from '../remotes/remoteConfig';
import { RemoteManager } from '../remotes/remoteManager';
import type { RemoteChanges, RemotesFileShape } from '../remotes/remotesFile';
import type { RemoteOptions } from '../remotes/remoteStore';
import { withFinalSlash } from '../remotes/remoteUrl';
import { syncRepositories, type SyncOptions, waysOf } from '../remotes/sync';
import { SyncResult } from '../remotes/syncResult';
import { HDF5Store } from '../storage/hdf5/hdf5Store';
import type { Selection } from '../transfer/plan';
import type { TransferOptions } from '../transfer/progress';
import { WaitingRelay } from '../transfer/waiting';
import { Weight } from '../weights/weight';
import { type Branches, commitAt, type Head } from './branches';
import { createLayout } from './layout';
import { type NamedWeight, rebuilt, stagedDelta } from './namedWeight';
import { deltaNames, namedHashes, namesOf } from './names';
import { readState, type RepositoryState } from './repositoryState';
import type { Staged } from './staging';
import { compareStores, type SyncStatus } from './syncStatus';
import { previewTransfer, type TransferPreview } from './transferPreview';

export interface RepositoryOptions {
  /** shape of a remotes.json that does not exist yet; "nested" when absent */
  readonly remotesFileShape?: RemotesFileShape | undefined;
}

export interface LocalStoreOptions {
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  readonly onWaiting?: ((what: string) => void) | undefined;
  /** told what the user should know, though nothing failed */
  readonly onWarning?: ((what: string) => void) | undefined;
}

/** How to reach a remote, and what to move. */
export type RemoteTransferOptions = TransferOptions & Omit<RemoteOptions, 'signal' | 'onWaiting'>;

/** What is to be previewed, and how to reach the remote; both ways when there is no direction. */
export type PreviewOptions = Selection & Pick<SyncOptions, 'direction'> & RemoteOptions;

/** One folder with `.coral` in it. Reads what lies there anew each time; reading changes nothing. */
export class Repository {
  readonly root: string;
  readonly #remotesFileShape: RemotesFileShape | undefined;

  private constructor(root: string, options: RepositoryOptions) {
    this.root = root;
    this.#remotesFileShape = options.remotesFileShape;
  }

  /** The repository that a folder lies in: the nearest folder above it, or itself, that holds `.coral`. */
  static async find(folder: string, options: RepositoryOptions = {}): Promise<Repository | undefined> {
    for (let at = resolve(folder); ; at = dirname(at)) {
      if (await isFolder(join(at, '.coral'))) return new Repository(at, options);
      if (at === dirname(at)) return undefined;
    }
  }

  /** Reason "missing" when the folder holds no `.coral`. */
  static async open(root: string, options: RepositoryOptions = {}): Promise<Repository> {
    const path = resolve(root);
    if (await isFolder(join(path, '.coral'))) return new Repository(path, options);
    throw new CoralError('missing', `There is no Coral repository at ${path}. Make one with "coral init".`, { path });
  }

  /** Makes an empty repository, as `coral init` does; reason "conflict" when there is one already. */
  static async init(root: string, options: RepositoryOptions = {}): Promise<Repository> {
    await createLayout(resolve(root));
    return Repository.open(root, options);
  }

  /** All that the small files say, read in one go: the cheapest way to several of the answers below. */
  async state(signal?: AbortSignal): Promise<RepositoryState> {
    return readState(this.#path(), signal);
  }

  async head(): Promise<Head> {
    return (await this.state()).head;
  }

  /** Branch to commit hash, "" before the first commit. Names may hold slashes. */
  async branches(): Promise<Branches> {
    return (await this.state()).branches;
  }

  async staged(): Promise<Staged> {
    return (await this.state()).staged;
  }

  /** What is damaged in `.coral`; everything else can be read all the same. */
  async problems(): Promise<readonly CoralError[]> {
    return (await this.state()).problems;
  }

  /** The commit at `ref` (HEAD when absent) and those before it, nearest first; none before the first commit. */
  async log(ref = 'HEAD'): Promise<Commit[]> {
    const state = await this.state();
    const hash = resolveRef(state, ref);
    return hash === undefined ? [] : ancestors(state.commits, hash);
  }

  /** The names that commits and staging give each weight, by hash, the best first. */
  async names(): Promise<Map<string, string[]>> {
    return namesOf(await this.state());
  }

  /** .coral/objects/weights.h5. Close it after use. */
  async localStore(mode: 'read' | 'write' = 'read', options: LocalStoreOptions = {}): Promise<HDF5Store> {
    return HDF5Store.open(this.#path('objects', 'weights.h5'), { ...options, mode });
  }

  /**
   * The weight that a commit (HEAD, a branch or a hash; HEAD when absent) knows by this name. Its blocks are read from the store
   * when they are asked for; one that was stored as a delta is rebuilt here, and in memory. Reason "missing" for no such weight, or
   * when what it is made of is not here; "unsupported" for one too large to be rebuilt (see `mostDecoded`).
   */
  async readWeight(name: string, ref = 'HEAD', signal?: AbortSignal): Promise<Weight> {
    const named = namedWeight(await this.state(signal), name, ref);
    const { hash } = named;
    const open = async (): Promise<ReturnType<typeof closing>> => closing(await this.localStore());
    await using local = await open();
    const delta = await stagedDelta(local.store, named, signal);
    if (delta !== undefined) return await rebuilt(local.store, delta, named, signal);
    const weight = await local.store.read(hash, signal);
    if (weight === undefined) {
      throw new CoralError('missing', `"${name}" (${hash}) of ${ref} is not in this repository. Pull it from a remote that has it.`, { hash });
    }
    return new Weight(weight.metadata, weight.byteOrder, async function* (stop) {
      await using again = await open();
      const found = await again.store.read(hash, stop);
      if (found === undefined) throw new CoralError('missing', `"${name}" (${hash}) has been removed meanwhile.`, { hash });
      yield* found.blocks(stop);
    });
  }

  /** The weights that a commit (HEAD, a branch or a hash) and those before it name. Rejects when one of them cannot be read: what it names is not known. */
  async weightsUpTo(ref: string, signal?: AbortSignal): Promise<Set<string>> {
    const state = await this.state(signal);
    const commits = ancestors(state.commits, resolveRef(state, ref) ?? '');
    const unread = commits.flatMap(({ parentHashes }) => parentHashes).find((hash) => !state.commits.has(hash));
    if (unread !== undefined) {
      throw new CoralError('missing', `What comes before ${ref} is not known: commit ${unread} is damaged or not in this repository. Restore its file from a copy.`);
    }
    return new Set(commits.flatMap(({ weightHashes }) => Object.values(weightHashes)));
  }

  /** What each of these deltas is based on, by delta hash; those that are not here or are damaged are left out. */
  async deltaReferences(deltaHashes: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    await using local = closing(await this.localStore());
    const read = async (hash: string): Promise<readonly [string, string][]> => {
      try {
        const delta = await local.store.readDelta(hash, signal);
        return delta === undefined ? [] : [[hash, delta.metadata.referenceHash]];
      } catch (error) {
        if (CoralError.is(error, 'corrupt') || CoralError.is(error, 'unsupported')) return [];
        throw error;
      }
    };
    return new Map((await Promise.all(deltaHashes.map(read))).flat());
  }

  async remotes(): Promise<RemoteManager> {
    return RemoteManager.open(this.#path('remotes.json'), { shape: this.#remotesFileShape });
  }

  async listRemotes(): Promise<Record<string, RemoteConfig>> {
    const manager = await this.remotes();
    return Object.fromEntries(manager.list().flatMap((name) => { const config = manager.config(name); return config === undefined ? [] : [[name, config]]; }));
  }

  /** Adds a remote by its URL, or by all its fields. A prefix in a bucket gets a slash at its end, so that all versions of Coral agree on it. */
  async addRemote(name: string, remote: string | Omit<RemoteFields, 'name' | 'backend'>): Promise<RemoteConfig> {
    const { url, ...fields } = typeof remote === 'string' ? { url: remote } : remote;
    const config = RemoteConfig.fromUrl(name, withFinalSlash(url), fields);
    await (await this.remotes()).add(config);
    return config;
  }

  async removeRemote(name: string): Promise<boolean> {
    return (await this.remotes()).remove(name);
  }

  /** Changes what is given about a remote and keeps all else that its entry holds. */
  async editRemote(name: string, changes: RemoteChanges): Promise<void> {
    await (await this.remotes()).edit(name, changes);
  }

  async renameRemote(from: string, to: string): Promise<void> {
    await (await this.remotes()).rename(from, to);
  }

  /** The remote, ready to be asked; reason "missing" when there is none of this name. Close it after use. */
  async remote(name: string, options: RemoteOptions = {}): Promise<Remote> {
    const remote = await (await this.remotes()).get(name, options);
    if (remote !== undefined) return remote;
    throw new CoralError('missing', `There is no remote "${name}" in this repository.`, { remote: name });
  }

  /** Compares what the two stores hold. Changes nothing on either side. */
  async getSyncStatus(name: string, options: RemoteOptions = {}): Promise<SyncStatus> {
    await using remote = await this.remote(name, options);
    await using local = closing(await this.localStore('read', options));
    const { signal } = options;
    const [state, here, weights, refs] = await Promise.all([
      this.state(signal), local.store.list(signal), remote.listRemoteWeights(signal), remote.fetchRefs(signal),
    ]);
    return compareStores(here, { weights, refs }, namedHashes(state), [...remote.warnings, ...deltaWarnings(state)]);
  }

  /** What `push`, `pull` or `sync` would do now, by the plan that they follow. Changes nothing on either side. */
  async preview(name: string, options: PreviewOptions = {}): Promise<TransferPreview> {
    const { direction = 'both', signal } = options;
    await using remote = await this.remote(name, options);
    await using local = closing(await this.localStore('read', options));
    const [state, plans] = await Promise.all([
      this.state(signal), remote.plan(local.store, waysOf(direction, remote.config, options), options, signal),
    ]);
    const preview = await previewTransfer(plans, { local: local.store, remote, folder: this.#path('objects'), state }, signal);
    return preview.push === undefined ? preview : { ...preview, warnings: [...preview.warnings, ...deltaWarnings(state)] };
  }

  /** Sends the weights that the remote lacks. See `Remote.push` for what rejects and what is in the result. */
  async push(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'push', options);
  }

  /** Fetches the weights that this repository lacks. */
  async pull(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'pull', options);
  }

  /** Pushes, then pulls. */
  async sync(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'both', options);
  }

  async #transfer(name: string, direction: NonNullable<SyncOptions['direction']>, options: RemoteTransferOptions): Promise<SyncResult> {
    const { onProgress, onWaiting } = new WaitingRelay(name, options.onProgress);
    const warnings: string[] = [];
    const onWarning = (what: string): void => { warnings.push(what); };
    await using remote = await this.remote(name, { ...options, onWaiting });
    const mode = waysOf(direction, remote.config, options).includes('pull') ? 'write' : 'read';
    await using local = closing(await this.localStore(mode, { compression: options.compression, onWaiting, onWarning }));
    const { push, pull } = await syncRepositories(local.store, remote, { ...options, onProgress, direction });
    if (push !== undefined) warnings.push(...deltaWarnings(await this.state()));
    return [push, pull].reduce<SyncResult>((sum, part) => (part === undefined ? sum : sum.plus(part)), new SyncResult({ warnings }));
  }

  #path(...parts: string[]): string {
    return join(this.root, '.coral', ...parts);
  }
}

/** The commit that HEAD, a branch, a hash or the beginning of one stands for; undefined before the first commit. */
function resolveRef({ head, branches, commits }: RepositoryState, ref: string): string | undefined {
  if (ref === 'HEAD') return head.commit;
  if (Object.hasOwn(branches, ref)) return commitAt(branches, ref);
  const found = ref.length < 4 ? [] : [...commits.keys()].filter((hash) => hash.startsWith(ref));
  if (found.length === 1) return found[0];
  throw new CoralError('missing', `There is no branch or commit "${ref}"${found.length > 1 ? ': several commits begin like that' : ''}.`);
}

/** What the commit at `ref` records for a name. */
function namedWeight(state: RepositoryState, name: string, ref: string): NamedWeight {
  const commit = state.commits.get(resolveRef(state, ref) ?? '');
  const hash = commit !== undefined && Object.hasOwn(commit.weightHashes, name) ? commit.weightHashes[name] : undefined;
  if (commit === undefined || hash === undefined) throw new CoralError('missing', `${ref} has no weight "${name}".`);
  return { name, ref, hash, deltaHash: Object.hasOwn(commit.deltaWeights, name) ? commit.deltaWeights[name] : undefined };
}

function deltaWarnings(state: RepositoryState): string[] {
  const names = deltaNames(state);
  if (names.length === 0) return [];
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return [`Deltas do not travel yet: ${shown} may read as another, similar weight elsewhere. Keep this repository.`];
}

function closing(store: HDF5Store): { readonly store: HDF5Store; [Symbol.asyncDispose](): Promise<void> } {
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
