import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CoralError } from '../errors';
import type { Commit } from '../history/commit';
import { CommitIndex } from '../history/commitIndex';
import { localHistory } from '../history/folderRecords';
import { ancestors } from '../history/graph';
import type { HistoryStore } from '../history/recordStore';
import { type Agreed, placeOf } from '../remotes/agreed';
import type { Remote } from '../remotes/remote';
import { RemoteConfig, type RemoteFields } from '../remotes/remoteConfig';
import { RemoteManager } from '../remotes/remoteManager';
import type { RemoteChanges, RemotesFileShape } from '../remotes/remotesFile';
import type { RemoteOptions } from '../remotes/remoteStore';
import { withFinalSlash } from '../remotes/remoteUrl';
import { type SyncOptions, waysOf } from '../remotes/sync';
import { SyncResult } from '../remotes/syncResult';
import { HDF5Store } from '../storage/hdf5/hdf5Store';
import type { Selection } from '../transfer/plan';
import type { TransferOptions } from '../transfer/progress';
import { WaitingRelay } from '../transfer/waiting';
import { Weight } from '../weights/weight';
import type { Branches, Head } from './branches';
import { checkCloned, checkOutBranches, makeRepository } from './clone';
import { previewHistory } from './historyPreview';
import { createLayout } from './layout';
import { type LinkedPart, linkedParts, refuseLinked } from './linkedParts';
import { type NamedWeight, rebuilt, stagedDelta } from './namedWeight';
import { namesOf } from './names';
import { readOutline, readState, type RepositoryOutline, type RepositoryState } from './repositoryState';
import { resolveRef } from './resolveRef';
import { choose, type WhatToMove } from './selection';
import type { Staged } from './staging';
import { readSyncStatus, type SyncStatus } from './syncStatus';
import { removeTrackingRefs, renameTrackingRefs } from './trackingRefs';
import { previewTransfer, type TransferPreview } from './transferPreview';
import { transferRepository } from './transferRepository';

export interface RepositoryOptions {
  /** shape of a remotes.json that does not exist yet; "nested" when absent */
  readonly remotesFileShape?: RemotesFileShape | undefined;
  /** where the folder and links in its `.coral` may lead, for all that is done with it; methods that take `agreed` add to it */
  readonly agreed?: AgreedPaths | undefined;
}

type AgreedPaths = Pick<Agreed, 'realRoot' | 'realPaths'>;

export interface LocalStoreOptions {
  readonly agreed?: AgreedPaths | undefined;
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  readonly onWaiting?: ((what: string) => void) | undefined;
  /** told what the user should know, though nothing failed */
  readonly onWarning?: ((what: string) => void) | undefined;
}

/** How to reach a remote, and what to move. */
export type RemoteTransferOptions = TransferOptions & WhatToMove & Omit<RemoteOptions, 'signal' | 'onWaiting'>;

/** What is to be previewed, and how to reach the remote; both ways when there is no direction. */
export type PreviewOptions = Selection & WhatToMove & Pick<SyncOptions, 'direction'> & RemoteOptions;

export interface CloneOptions extends Omit<RepositoryOptions, 'agreed'>, Omit<RemoteTransferOptions, keyof WhatToMove | 'agreed' | 'force' | 'createBucket'> {
  /** what the remote is called in the new repository: "origin" when absent */
  readonly remoteName?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
}

export interface Cloned {
  readonly repository: Repository;
  /** What came. Its errors are of single things that could not be had; a pull tries them again. */
  readonly result: SyncResult;
}

/**
 * One folder with `.coral` in it. Reads what lies there anew each time; reading changes nothing. The folder may be a link, which is followed once.
 * `.coral`, its `objects` and the `weights.h5` in it may be links out of the folder where the user agreed to their real paths; else what needs `.coral`
 * rejects with reason "conflict" before it reads any of it. Other links in `.coral` are read through and never written through.
 */
export class Repository {
  readonly root: string;
  /** the real path of the folder when it was opened: all that follows happens there */
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
   * Makes a repository in `root` that holds what the remote at `url` holds, which is its remote from then on. Rejects when nothing could be had
   * or it was cancelled, and leaves nothing behind then; reason "conflict" when there is a repository already.
   */
  static async clone(url: string, root: string, options: CloneOptions = {}): Promise<Cloned> {
    const { remoteName = 'origin', region, endpointUrl, remotesFileShape, environment = process.env, signal } = options;
    let result = new SyncResult();
    await makeRepository(resolve(root), async (draft) => {
      const repository = await Repository.init(draft, { remotesFileShape });
      const agreed = placeOf(await repository.addRemote(remoteName, { url, region, endpointUrl }), options.credentials, environment);
      result = await repository.#fill(remoteName, { ...options, agreed });
      checkCloned(result, signal);
    });
    return { repository: await Repository.open(root, { remotesFileShape }), result };
  }

  /** The real path of its `.coral`: the one door to all that lies there. Reason "conflict" where a link leads elsewhere than the user agreed to. */
  async coralFolder(agreed?: AgreedPaths): Promise<string> {
    const all = [this.#options.agreed, agreed];
    for (const one of all) if (one?.realRoot !== undefined && one.realRoot !== this.realRoot) throw switched(this, one.realRoot);
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

  /** What the user is to be asked about before it is used. */
  async linkedParts(): Promise<LinkedPart[]> {
    return linkedParts(this.realRoot);
  }

  /** All that the small files say, read in one go: the cheapest way to several of the answers below. */
  async state(signal?: AbortSignal): Promise<RepositoryState> {
    return readState(await this.coralFolder(), signal);
  }

  /** The same without what commits say, of which only those are read that `index` has not seen as they are now: see `commitIndex`. */
  async outline(index: CommitIndex, signal?: AbortSignal): Promise<RepositoryOutline> {
    return readOutline(await this.coralFolder(), index, signal);
  }

  /** Remembers which commits were read, for `outline`; keep it as long as someone looks. */
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

  async remotes(agreed?: AgreedPaths): Promise<RemoteManager> {
    return RemoteManager.open(join(await this.coralFolder(agreed), 'remotes.json'), { shape: this.#options.remotesFileShape });
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

  /** False when there is none of this name. What was seen of its branches goes with it; what the remote holds stays there. */
  async removeRemote(name: string): Promise<boolean> {
    const isRemoved = await (await this.remotes()).remove(name);
    if (isRemoved) await removeTrackingRefs(await this.coralFolder(), name);
    return isRemoved;
  }

  /** Changes what is given about a remote and keeps all else that its entry holds. */
  async editRemote(name: string, changes: RemoteChanges): Promise<void> {
    await (await this.remotes()).edit(name, changes);
  }

  /** What was seen of its branches goes along. When it rejects, the remote has its former name. */
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
    const remotes = await this.remotes(options.agreed);
    const remote = await remotes.get(name, options);
    if (remote !== undefined) return remote;
    throw remotes.missing(name);
  }

  /** Compares all that the two sides hold. Changes nothing on either side. */
  async getSyncStatus(name: string, options: RemoteOptions = {}): Promise<SyncStatus> {
    await using remote = await this.remote(name, options);
    await using local = closing(await this.localStore('read', options));
    return await readSyncStatus(await this.coralFolder(options.agreed), local.store, remote, options.signal);
  }

  /** What `push`, `pull` or `sync` would do now, by the plan that they follow. Changes nothing on either side. */
  async preview(name: string, options: PreviewOptions = {}): Promise<TransferPreview> {
    const { direction = 'both', signal } = options;
    await using remote = await this.remote(name, options);
    await using local = closing(await this.localStore('read', options));
    const coralFolder = await this.coralFolder(options.agreed);
    const state = await readState(coralFolder, signal);
    const ways = waysOf(direction, remote.config, options);
    const { weightHashes, history: chosen, warnings } = await choose(options, { ways, state, local: local.store, remote }, signal);
    const plans = await remote.plan(local.store, ways, { ...options, weightHashes }, signal);
    const side = { store: local.store, history: await this.history(options.agreed) };
    const history = chosen === undefined ? {} : await previewHistory(plans, { local: side, remote, coralFolder, chosen, force: options.force, signal });
    const preview = await previewTransfer(plans, { local: local.store, remote, folder: join(coralFolder, 'objects'), state, history }, signal);
    return { ...preview, warnings: [...warnings, ...preview.warnings] };
  }

  /** Sends what the remote lacks: weights, deltas, commits, versions, refs. See `Remote.push` for what rejects and what is in the result. */
  async push(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'push', options);
  }

  /** Fetches what this repository lacks, and moves branches that are only behind. */
  async pull(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'pull', options);
  }

  /** Pushes, then pulls. */
  async sync(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'both', options);
  }

  /** What the remote has, without moving a branch here: only the tracking refs in `.coral/refs/remotes` move. */
  async fetch(name: string, options: RemoteTransferOptions = {}): Promise<SyncResult> {
    return this.#transfer(name, 'pull', { ...options, moveBranches: false });
  }

  async #fill(remoteName: string, options: RemoteTransferOptions): Promise<SyncResult> {
    await (await this.#remoteThatExists(remoteName, options)).close();
    const result = await this.fetch(remoteName, options);
    const branches = await checkOutBranches(await this.coralFolder(), remoteName);
    if (Object.keys(branches).length > 0) return result;
    const { commits } = await this.state();
    const what = commits.size > 0 ? 'no branches: only the hashes of its commits lead to them' : 'weights alone, without history: no commits, no branches, no versions';
    return result.plus(new SyncResult({ warnings: [`${remoteName} holds ${what}. Push to it from a repository that has them, then pull.`] }));
  }

  /** A folder or bucket that is not there would read as an empty one. */
  async #remoteThatExists(name: string, options: RemoteOptions): Promise<Remote> {
    const remote = await this.remote(name, options);
    if (await remote.exists(options.signal)) return remote;
    await remote.close();
    throw new CoralError('missing', `There is nothing at ${remote.config.url}. Check the URL.`, { remote: name });
  }

  async #transfer(name: string, direction: NonNullable<SyncOptions['direction']>, options: RemoteTransferOptions & { readonly moveBranches?: boolean }): Promise<SyncResult> {
    const { onProgress, onWaiting } = new WaitingRelay(name, options.onProgress);
    const warnings: string[] = [];
    const onWarning = (what: string): void => { warnings.push(what); };
    await using remote = await this.remote(name, { ...options, onWaiting });
    const ways = waysOf(direction, remote.config, options);
    await using local = closing(await this.localStore(ways.includes('pull') ? 'write' : 'read', { agreed: options.agreed, compression: options.compression, onWaiting, onWarning }));
    const coralFolder = await this.coralFolder(options.agreed);
    const result = await transferRepository(ways, { store: local.store, history: await this.history(options.agreed) }, remote, coralFolder, { ...options, onProgress });
    return result.plus(new SyncResult({ warnings }));
  }
}

function switched({ root, realRoot }: Repository, agreed: string): CoralError {
  return new CoralError('conflict', `This folder is now at ${realRoot}; you agreed to ${agreed}. Nothing was sent. Look at it, then try again.`, { path: root, conflict: 'folder' });
}

/** What the commit at `ref` records for a name. */
function namedWeight(state: RepositoryState, name: string, ref: string): NamedWeight {
  const commit = state.commits.get(resolveRef(state, ref) ?? '');
  const hash = commit !== undefined && Object.hasOwn(commit.weightHashes, name) ? commit.weightHashes[name] : undefined;
  if (commit === undefined || hash === undefined) throw new CoralError('missing', `${ref} has no weight "${name}".`);
  return { name, ref, hash, deltaHash: Object.hasOwn(commit.deltaWeights, name) ? commit.deltaWeights[name] : undefined };
}

function closing(store: HDF5Store): { readonly store: HDF5Store; [Symbol.asyncDispose](): Promise<void> } {
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
