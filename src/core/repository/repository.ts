import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CoralError } from '../base/errors';
import type { Commit } from '../history/commit';
import { CommitIndex } from '../history/commitIndex';
import { localHistory } from '../history/folderRecords';
import { ancestors } from '../history/graph';
import type { HistoryStore } from '../history/recordKinds';
import { placeOf } from '../remotes/agreed';
import { Remote } from '../sync/remote';
import { RemoteConfig, type RemoteFields } from '../remotes/remoteConfig';
import { RemoteManager } from '../sync/remoteManager';
import type { RemoteChanges } from '../remotes/remotesFile';
import type { RemoteOptions } from '../remotes/remoteStore';
import { withFinalSlash } from '../remotes/remoteUrl';
import { lookAt } from '../sync/lookAt';
import type { Plan } from '../sync/plan';
import { SyncResult } from '../transfer/syncResult';
import { HDF5Store } from '../storage/hdf5/hdf5Store';
import type { Weight } from '../weights/weight';
import type { Branches, Head } from '../coralFolder/branches';
import { checkCloned, makeRepository } from './clone';
import { transferBetween, withBothSides } from './bothSides';
import { deltaReferences } from './deltaReferences';
import { fillClone } from './fillClone';
import { createLayout } from './createLayout';
import { type LinkedPart, linkedParts, refuseLinked, refuseSwitched } from './linkedParts';
import { namedWeight, readNamedWeight } from './namedWeight';
import { namesOf } from '../coralFolder/names';
import type {
  AgreedPaths, CloneOptions, LocalStoreOptions, PreviewOptions, RemoteTransferOptions, RepositoryOptions,
} from './repositoryOptions';
import { readOutline, readState, type RepositoryOutline, type RepositoryState } from '../coralFolder/repositoryState';
import { resolveRef } from '../coralFolder/resolveRef';
import type { Staged } from '../coralFolder/staging';
import { type SyncStatus, syncStatusOf } from '../sync/syncStatus';
import { removeTrackingRefs, renameTrackingRefs } from '../coralFolder/trackingRefs';
import { planTransfer } from '../sync/transfer';
import { previewPlan, type TransferPreview } from '../sync/transferPreview';

export interface Cloned {
  readonly repository: Repository;
  /** What was transferred. Its errors are about single items, which a pull tries again. */
  readonly result: SyncResult;
}

/**
 * One folder with `.coral` in it. Every call reads the files anew, and reading changes nothing. The folder may be a link, which
 * is resolved once. `.coral`, its `objects` and the `weights.h5` in it may be links out of the folder if the user agreed to their
 * real paths; otherwise everything that needs `.coral` rejects with reason "conflict" before reading any of it. Other links in
 * `.coral` are read through but never written through.
 */
export class Repository {
  readonly root: string;
  /** the real path of the folder when it was opened, which is used from then on */
  readonly realRoot: string;
  readonly #options: RepositoryOptions;

  private constructor(root: string, realRoot: string, options: RepositoryOptions) {
    this.root = root;
    this.realRoot = realRoot;
    this.#options = options;
  }

  /** The repository that a folder lies in: the nearest folder above it, or itself, that holds `.coral`. */
  static async find(folder: string, options: RepositoryOptions = {}): Promise<Repository | undefined> {
    for (let at = resolve(folder); ; at = dirname(at)) {
      if (await isFolder(join(at, '.coral'))) return Repository.open(at, options);
      if (at === dirname(at)) return undefined;
    }
  }

  /** Reason "missing" when the folder holds no `.coral`. */
  static async open(root: string, options: RepositoryOptions = {}): Promise<Repository> {
    const path = resolve(root);
    const realRoot = await realpath(path).catch(() => path);
    if (await isFolder(join(realRoot, '.coral'))) return new Repository(path, realRoot, options);
    throw new CoralError('missing', `There is no Coral repository at ${path}. Make one with "coral init".`, { path });
  }

  /** Makes an empty repository, as `coral init` does; reason "conflict" when there is one already. */
  static async init(root: string, options: RepositoryOptions = {}): Promise<Repository> {
    await createLayout(resolve(root));
    return Repository.open(root, options);
  }

  /**
   * Makes a repository in `root` with everything that the remote at `url` holds, and adds that remote to it. Rejects, leaving
   * nothing behind, when nothing could be fetched or it was cancelled; reason "conflict" when there is a repository already.
   */
  static async clone(url: string, root: string, options: CloneOptions = {}): Promise<Cloned> {
    const { remoteName = 'origin', region, endpointUrl, remotesFileShape, signal } = options;
    let result = new SyncResult();
    await makeRepository(resolve(root), async (draft) => {
      const repository = await Repository.init(draft, { remotesFileShape });
      const agreed = placeOf(await repository.addRemote(remoteName, { url, region, endpointUrl }), options.credentials, process.env);
      result = await fillClone(repository, remoteName, { ...options, agreed });
      checkCloned(result, signal);
    });
    return { repository: await Repository.open(root, { remotesFileShape }), result };
  }

  /** The real path of `.coral`; all access to it goes through this. Reason "conflict" where a link leads elsewhere than agreed. */
  async coralFolder(agreed?: AgreedPaths): Promise<string> {
    for (const each of [this.#options.agreed, agreed]) refuseSwitched(this, each?.realRoot);
    refuseLinked(await this.linkedParts(), this.#realPaths(agreed));
    return realpath(join(this.realRoot, '.coral'));
  }

  /** The commits and versions here. */
  async history(agreed?: AgreedPaths): Promise<HistoryStore> {
    return localHistory(await this.coralFolder(agreed), this.#realPaths(agreed));
  }

  #realPaths(agreed: AgreedPaths | undefined): readonly string[] {
    return [...this.#options.agreed?.realPaths ?? [], ...agreed?.realPaths ?? []];
  }

  /** The linked parts, which need the user's consent before they are used. */
  async linkedParts(): Promise<LinkedPart[]> {
    return linkedParts(this.realRoot);
  }

  /** Everything that the small files say, read in one go: the cheapest way to get several of the answers below. */
  async state(signal?: AbortSignal): Promise<RepositoryState> {
    return readState(await this.coralFolder(), signal);
  }

  /** The same without the content of commits. Reads only commits that are new to `index` or have changed; see `commitIndex`. */
  async outline(index: CommitIndex, signal?: AbortSignal): Promise<RepositoryOutline> {
    return readOutline(await this.coralFolder(), index, signal);
  }

  /** Remembers for `outline` which commits were read; keep it for as long as the repository is watched. */
  commitIndex(): CommitIndex {
    return new CommitIndex(join(this.realRoot, '.coral', 'objects', 'commits'));
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
  async localStore(mode: 'read' | 'write' = 'read', { agreed, ...options }: LocalStoreOptions = {}): Promise<HDF5Store> {
    return HDF5Store.open(join(await this.coralFolder(agreed), 'objects', 'weights.h5'), { ...options, mode });
  }

  /**
   * The weight that a commit (HEAD, a branch or a hash; HEAD when absent) has under this name. Its blocks are read from the store
   * on demand; one stored as a delta is rebuilt in memory. Reason "missing" when there is no such weight or a part of it is not
   * here; "unsupported" when it is too large to be rebuilt (see `maxDecodedBytes`).
   */
  async readWeight(name: string, ref = 'HEAD', signal?: AbortSignal): Promise<Weight> {
    const named = namedWeight(await this.state(signal), name, ref);
    return readNamedWeight(named, () => this.localStore(), signal);
  }

  /** The hash of the weight that each of these deltas is based on, by delta hash; absent and damaged deltas are left out. */
  async deltaReferences(deltaHashes: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
    await using local = await this.localStore();
    return await deltaReferences(local, deltaHashes, signal);
  }

  async remotes(agreed?: AgreedPaths): Promise<RemoteManager> {
    return RemoteManager.open(join(await this.coralFolder(agreed), 'remotes.json'), { shape: this.#options.remotesFileShape });
  }

  async listRemotes(): Promise<Record<string, RemoteConfig>> {
    const manager = await this.remotes();
    return Object.fromEntries(manager.list().flatMap((name) => {
      const config = manager.config(name);
      return config === undefined ? [] : [[name, config]];
    }));
  }

  /** Adds a remote by URL, or by all its fields. A prefix in a bucket gets a final slash, so that all versions of Coral read it alike. */
  async addRemote(name: string, remote: string | Omit<RemoteFields, 'name' | 'backend'>): Promise<RemoteConfig> {
    const { url, ...fields } = typeof remote === 'string' ? { url: remote } : remote;
    const config = RemoteConfig.fromUrl(name, withFinalSlash(url), fields);
    await (await this.remotes()).add(config);
    return config;
  }

  /** False when there is none of this name. Its tracking refs are removed as well; the remote itself is not touched. */
  async removeRemote(name: string): Promise<boolean> {
    const isRemoved = await (await this.remotes()).remove(name);
    if (isRemoved) await removeTrackingRefs(await this.coralFolder(), name);
    return isRemoved;
  }

  /** Changes the given fields of a remote and keeps everything else in its entry. */
  async editRemote(name: string, changes: RemoteChanges): Promise<void> {
    await (await this.remotes()).edit(name, changes);
  }

  /** The tracking refs are renamed as well. When this rejects, the remote has its former name. */
  async renameRemote(from: string, to: string): Promise<void> {
    const manager = await this.remotes();
    await manager.rename(from, to);
    try {
      await renameTrackingRefs(await this.coralFolder(), from, to);
    } catch (error) {
      await manager.rename(to, from);
      throw error;
    }
  }

  /** The remote, ready to be asked; reason "missing" when there is none of this name. Close it after use. */
  async remote(name: string, options: RemoteOptions = {}): Promise<Remote> {
    return Remote.fromConfig((await this.remotes(options.agreed)).known(name), options);
  }

  /** Compares all that the two sides hold. Changes nothing on either side. */
  async getSyncStatus(name: string, options: RemoteOptions = {}): Promise<SyncStatus> {
    return withBothSides(this, name, 'read', options, async (sides) => syncStatusOf(await lookAt(sides, options)));
  }

  /** What `push`, `pull` or `sync` would do now, item by item: they make and run this very plan. Changes nothing on either side. */
  async plan(name: string, { direction = 'both', ...options }: PreviewOptions = {}): Promise<Plan> {
    return withBothSides(this, name, 'read', options, async (sides) => (await planTransfer(direction, sides, options)).plan);
  }

  /** The plan in numbers and names, for users. */
  async preview(name: string, { direction = 'both', ...options }: PreviewOptions = {}): Promise<TransferPreview> {
    return withBothSides(this, name, 'read', options, async (sides) => (
      previewPlan(await planTransfer(direction, sides, options), sides, options.signal)));
  }

  /** Sends the weights, deltas, commits, versions and refs that the remote lacks. See `Remote.push` for what rejects. */
  async push(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return transferBetween(this, name, 'push', options);
  }

  /** Fetches what this repository lacks, and moves branches that are only behind. */
  async pull(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return transferBetween(this, name, 'pull', options);
  }

  /** Pushes, then pulls. */
  async sync(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return transferBetween(this, name, 'both', options);
  }

  /** Fetches what the remote has without moving local branches: only the tracking refs in `.coral/refs/remotes` move. */
  async fetch(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return transferBetween(this, name, 'pull', { ...options, moveBranches: false });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
