import { CoralError, type ErrorDetail } from '../base/errors';
import type { Commits } from '../history/graph';
import type { HistoryStore } from '../history/recordKinds';
import type { DeltaStore } from '../storage/deltaStore';
import type { DropOptions, StoredKey, Surveyed } from '../storage/survey';
import type { StorageInfo, WeightStore } from '../storage/weightStore';
import { checkBranchName, isCommitHash } from '../base/validate';
import type { TransferOptions } from '../transfer/progress';
import { movesOf, refused } from './branchMoves';
import { planWeights } from './planWeights';
import { scalarWarnings, sendWeights } from './sendWeights';
import { ends, type Way } from './world';
import { mergeRefs, parseRefs, refAt, type Refs } from '../remotes/refs';
import type { RemoteConfig } from '../remotes/remoteConfig';
import { openRemoteStore } from '../remotes/openRemoteStore';
import type { RemoteOptions, RemoteStore } from '../remotes/remoteStore';
import { SyncResult } from '../transfer/syncResult';

export interface RemoteInfo {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  /** where the credentials come from; never a value */
  readonly credentialsSource: string;
  readonly storageInfo: StorageInfo;
}

interface MovedBranches {
  /** the remote's refs then */
  readonly refs: Refs;
  /** the refs that this call moved */
  readonly moved: Refs;
  readonly errors: readonly CoralError[];
}

interface MoveOptions {
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One remote, to push to and pull from. Close it after use. */
export class Remote {
  readonly config: RemoteConfig;
  readonly #remote: RemoteStore;
  #refs: Refs = {};
  #refsProblem: CoralError | undefined;

  private constructor(config: RemoteConfig, remote: RemoteStore) {
    this.config = config;
    this.#remote = remote;
  }

  /** Changes nothing there; reason "unsupported" for a backend that is not known. */
  static async fromConfig(config: RemoteConfig, options: RemoteOptions = {}): Promise<Remote> {
    return new Remote(config, await naming({ remote: config.name }, () => openRemoteStore(config, options)));
  }

  /** The weights and deltas there. */
  get store(): WeightStore & DeltaStore & Surveyed {
    return this.#remote.store;
  }

  /** The commits and versions there. */
  get history(): HistoryStore {
    return this.#remote.history;
  }

  /** The refs as last fetched or pushed. */
  get refs(): Refs {
    return this.#refs;
  }

  /** What is unusual about this remote, in sentences. */
  get warnings(): readonly string[] {
    return [...this.#remote.warnings, ...(this.#refsProblem ? [this.#refsProblem.message] : [])];
  }

  /** What is wrong with refs.json there, as last fetched. */
  get refsProblem(): CoralError | undefined {
    return this.#refsProblem;
  }

  get credentialsSource(): string {
    return this.#remote.credentialsSource;
  }

  /** Whether the folder or bucket is there. */
  async exists(signal?: AbortSignal): Promise<boolean> {
    return this.#naming(() => this.#remote.exists(signal));
  }

  /** Rejects with what keeps one from writing there, if anything does. Leaves nothing behind, and creates no folder or bucket. */
  async probeWrite(signal?: AbortSignal): Promise<void> {
    return this.#naming(() => this.#remote.probeWrite(signal));
  }

  /** Makes the folder or bucket if it is not there. */
  async create(signal?: AbortSignal): Promise<void> {
    return this.#naming(() => this.#remote.prepareToWrite(true, signal));
  }

  /** Makes the folder of a file remote; a bucket is created only on request. */
  async makeFolder(signal?: AbortSignal): Promise<void> {
    if (this.config.location.kind === 'folder') await this.create(signal);
  }

  /**
   * Sends the weights that the remote lacks. Rejects when nothing could be begun; what fails later is in the result's `errors`,
   * one a weight, and a cancelled push ends with one of reason "cancelled": what arrived stays.
   */
  async push(local: WeightStore, options: TransferOptions = {}): Promise<SyncResult> {
    return this.#transfer('push', local, options);
  }

  /** Fetches the weights that `local` lacks, as `push` sends them. */
  async pull(local: WeightStore, options: TransferOptions = {}): Promise<SyncResult> {
    return this.#transfer('pull', local, options);
  }

  async listRemoteWeights(signal?: AbortSignal): Promise<string[]> {
    return this.#naming(() => this.store.list(signal));
  }

  async getRemoteInfo(signal?: AbortSignal): Promise<RemoteInfo> {
    const { name, url, backend } = this.config;
    const { credentialsSource } = this;
    return this.#naming(async () => ({ name, url, backend, credentialsSource, storageInfo: await this.store.info(signal) }));
  }

  /** Branches and tags of the remote. A damaged refs.json counts as none, and `warnings` says so. */
  async fetchRefs(signal?: AbortSignal): Promise<Refs> {
    const { location } = this.#remote.refs;
    const text = await this.#naming(() => this.#remote.refs.read(signal));
    this.#refsProblem = undefined;
    try {
      this.#refs = parseRefs(text, location);
    } catch (error) {
      this.#refs = {};
      this.#refsProblem = CoralError.from(error).with({ remote: this.config.name });
    }
    return this.#refs;
  }

  /**
   * Sets these branches and tags on the remote in one step; others are kept, also those that someone else sets meanwhile.
   * Reason "corrupt" when refs.json there is damaged: it is not overwritten.
   */
  async pushRefs(refs: Refs, signal?: AbortSignal): Promise<void> {
    for (const [name, hash] of Object.entries(refs)) checkRef(name, hash);
    const { refs: store } = this.#remote;
    let before: Refs = {};
    await this.#naming(() => store.update((text) => {
      before = parseRefs(text, store.location);
      return mergeRefs(text, refs, store.location);
    }, signal));
    await this.#confirmRefs(refs, (name, found) => Promise.resolve(found !== undefined && found !== refAt(before, name)), signal);
  }

  /**
   * Moves branches of the remote to these commits where that is a fast-forward; with `force` also where they diverged. A branch
   * that is ahead there stays. `commits` are those of both sides. Returns which moved, and why others did not.
   */
  async moveBranches(branches: Refs, commits: Commits, { force = false, signal }: MoveOptions = {}): Promise<MovedBranches> {
    const { refs: store } = this.#remote;
    let moved: Refs = {};
    let errors: CoralError[] = [];
    await this.#naming(() => store.update((text) => {
      this.#refs = parseRefs(text, store.location);
      const moves = movesOf(branches, this.#refs, commits, force);
      errors = moves.refused.map((state) => refused(state, this.config.name));
      // After a move that seemed to fail, the branch may already be where it should be.
      const isThere = ([name, tip]: [string, string]): boolean => moves.moved[name] === tip || refAt(this.#refs, name) === tip;
      moved = Object.fromEntries(Object.entries({ ...moved, ...moves.moved }).filter(isThere));
      return Object.keys(moves.moved).length === 0 ? undefined : mergeRefs(text, moves.moved, store.location);
    }, signal));
    if (Object.keys(moved).length > 0) {
      // Somebody who moved the branch on since then has put its commit there first.
      const holds = async (commit: string): Promise<boolean> => await this.history.commits.read(commit, signal) !== undefined;
      await this.#confirmRefs(moved, async (_, found) => found !== undefined && isCommitHash(found) && await holds(found), signal);
    }
    return { refs: this.#refs, moved, errors };
  }

  /**
   * Reads back the refs that the server accepted. `isNewer` tells whether a different value may be a later push by somebody else.
   * Reason "corrupt" when they are not there.
   */
  async #confirmRefs(
    sent: Refs, isNewer: (name: string, found: string | undefined) => Promise<boolean>, signal: AbortSignal | undefined,
  ): Promise<void> {
    const { refs: store } = this.#remote;
    this.#refs = await this.#naming(async () => parseRefs(await store.read(signal), store.location));
    for (const [name, tip] of Object.entries(sent)) {
      const found = refAt(this.#refs, name);
      if (found === tip || await this.#naming(() => isNewer(name, found))) continue;
      throw new CoralError(
        'corrupt', `${store.location} does not say that "${name}" is at ${tip.slice(0, 64)}, though the server confirmed it. `
        + 'Push again; if that does not help, use another server.',
        { remote: this.config.name });
    }
  }

  /** Deletes weights and deltas; see RemoteStore. The caller has made sure that nothing needs them. */
  async drop(keys: readonly StoredKey[], options: DropOptions): Promise<void> {
    await this.#naming(() => this.#remote.drop(keys, options));
  }

  async now(signal?: AbortSignal): Promise<number> {
    return this.#naming(() => this.#remote.now(signal));
  }

  async close(): Promise<void> {
    await this.#remote.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #transfer(way: Way, local: WeightStore, options: TransferOptions): Promise<SyncResult> {
    const { createBucket = false, signal, onProgress } = options;
    const { name } = this.config;
    onProgress?.({ phase: 'listing', remote: name, weightsDone: 0, weightsTotal: 0, bytesDone: 0 });
    try {
      return await this.#naming(async () => {
        if (way === 'push') await this.#remote.prepareToWrite(createBucket, signal);
        const stores = { here: local, there: this.store };
        const [here, there] = await Promise.all([local.list(signal), this.store.list(signal)]);
        const [from, to] = ends({ here: new Set(here), there: new Set(there) }, way);
        const { arrived, errors, scalars } = await sendWeights(way, planWeights(from, to, options), stores, name, options);
        const bytesTransferred = [...arrived.values()].reduce((sum, bytes) => sum + bytes, 0);
        const result = new SyncResult({ bytesTransferred, errors, warnings: this.warnings });
        if (way === 'pull') return result.plus(new SyncResult({ pulledWeights: arrived.size }));
        return result.plus(new SyncResult({ pushedWeights: arrived.size, warnings: scalarWarnings(scalars, name) }));
      });
    } catch (error) {
      if (!CoralError.is(error, 'cancelled')) throw error;
      return new SyncResult({ errors: [error], warnings: this.warnings });
    }
  }

  #naming<T>(work: () => Promise<T>): Promise<T> {
    return naming({ remote: this.config.name }, work);
  }
}

async function naming<T>(detail: ErrorDetail, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw CoralError.from(error, 'network').with(detail);
  }
}

/** Accepts hashes of any form: refs written by other versions must survive. */
function checkRef(name: string, hash: string): void {
  checkBranchName(name);
  if (!/^[\w.-]{1,128}$/.test(hash)) throw new CoralError('invalid', `${JSON.stringify(hash)} is no commit hash for the branch ${name}.`);
}
