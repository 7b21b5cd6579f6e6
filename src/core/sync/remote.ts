import { CoralError, type ErrorDetail } from '../errors';
import type { Commits } from '../history/graph';
import type { HistoryStore } from '../history/recordStore';
import type { DeltaStore } from '../storage/deltaStore';
import { checkRoom } from '../storage/freeSpace';
import type { DropOptions, StoredKey, Surveyed } from '../storage/survey';
import type { StorageInfo, WeightStore } from '../storage/weightStore';
import { checkBranchName, isCommitHash } from '../validate';
import { Meter } from '../transfer/meter';
import { type Plans, planWays, type Selection, type Way } from './plan';
import type { TransferOptions } from '../transfer/progress';
import { type Outcome, runTransfer } from '../transfer/run';
import { movesOf, refused } from './branchMoves';
import { mergeRefs, parseRefs, refAt, type Refs } from '../remotes/refs';
import type { RemoteConfig } from '../remotes/remoteConfig';
import { openRemoteStore, type RemoteOptions, type RemoteStore } from '../remotes/remoteStore';
import { SyncResult } from '../transfer/syncResult';

export interface RemoteInfo {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  /** where the credentials come from; never a value */
  readonly credentialsSource: string;
  readonly storageInfo: StorageInfo;
}

export interface MovedBranches {
  /** the remote's refs then */
  readonly refs: Refs;
  /** those that this moved */
  readonly moved: Refs;
  readonly errors: readonly CoralError[];
}

export interface MoveOptions {
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

  /** Reads at most; reason "unsupported" for a backend that is not known. */
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

  /** What is odd about this remote, in sentences. */
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

  /**
   * Sends the weights that the remote lacks. Rejects when nothing could be begun; what fails later is in the result's `errors`,
   * one a weight, and a cancelled push ends with one of reason "cancelled": what arrived stays.
   */
  async push(local: WeightStore, options: TransferOptions = {}): Promise<SyncResult> {
    const outcome = await this.#transfer('push', local, options);
    return new SyncResult({
      pushedWeights: outcome.weights, bytesTransferred: outcome.bytes, errors: outcome.errors,
      warnings: [...this.warnings, ...scalarWarnings(outcome.scalars, this.config.name)],
    });
  }

  /** Fetches the weights that `local` lacks, as `push` sends them. */
  async pull(local: WeightStore, options: TransferOptions = {}): Promise<SyncResult> {
    const outcome = await this.#transfer('pull', local, options);
    return new SyncResult({ pulledWeights: outcome.weights, bytesTransferred: outcome.bytes, errors: outcome.errors, warnings: this.warnings });
  }

  /** What pushing, pulling or both would move, from one look at both sides. `push` and `pull` follow the same plan; this changes nothing. */
  async plan(local: WeightStore, ways: readonly Way[], selection: Selection = {}, signal?: AbortSignal): Promise<Plans> {
    return this.#naming(async () => {
      const [here, there] = await Promise.all([local.list(signal), this.store.list(signal)]);
      return planWays(ways, here, there, selection);
    });
  }

  async listRemoteWeights(signal?: AbortSignal): Promise<string[]> {
    return this.#naming(() => this.store.list(signal));
  }

  async getRemoteInfo(signal?: AbortSignal): Promise<RemoteInfo> {
    const { name, url, backend } = this.config;
    return this.#naming(async () => ({ name, url, backend, credentialsSource: this.credentialsSource, storageInfo: await this.store.info(signal) }));
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
   * Moves branches there to these commits, as far as that moves them forward; with `force` also where both sides went on. A branch whose
   * commit here is behind the remote's stays. `commits` are those of both sides. Returns which were moved, and why any other was not.
   */
  async moveBranches(branches: Refs, commits: Commits, { force = false, signal }: MoveOptions = {}): Promise<MovedBranches> {
    const { refs: store } = this.#remote;
    let moved: Refs = {};
    let errors: CoralError[] = [];
    await this.#naming(() => store.update((text) => {
      this.#refs = parseRefs(text, store.location);
      const moves = movesOf(branches, this.#refs, commits, force);
      errors = moves.refused.map((state) => refused(state, this.config.name));
      // Where it is asked again after a move that seemed to fail, the branch may be where it is wanted.
      moved = Object.fromEntries(Object.entries({ ...moved, ...moves.moved }).filter(([name, tip]) => moves.moved[name] === tip || refAt(this.#refs, name) === tip));
      return Object.keys(moves.moved).length === 0 ? undefined : mergeRefs(text, moves.moved, store.location);
    }, signal));
    if (Object.keys(moved).length > 0) {
      // Whoever moved it on since then has put the commit there first.
      await this.#confirmRefs(moved, async (_, found) => found !== undefined && isCommitHash(found) && await this.history.commits.read(found, signal) !== undefined, signal);
    }
    return { refs: this.#refs, moved, errors };
  }

  /**
   * Reads back what the server said it took; `isNewer` tells whether what is found instead may be of somebody who was there since. Reason "corrupt"
   * when it is not there.
   */
  async #confirmRefs(sent: Refs, isNewer: (name: string, found: string | undefined) => Promise<boolean>, signal: AbortSignal | undefined): Promise<void> {
    const { refs: store } = this.#remote;
    this.#refs = await this.#naming(async () => parseRefs(await store.read(signal), store.location));
    for (const [name, tip] of Object.entries(sent)) {
      const found = refAt(this.#refs, name);
      if (found === tip || await this.#naming(() => isNewer(name, found))) continue;
      throw new CoralError(
        'corrupt', `${store.location} does not say that "${name}" is at ${tip.slice(0, 64)}, though the server confirmed it. Push again; if that does not help, use another server.`,
        { remote: this.config.name });
    }
  }

  /** Removes weights and deltas for good; see RemoteStore. Whoever calls this has made sure that nobody needs them. */
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

  async #transfer(way: Way, local: WeightStore, options: TransferOptions): Promise<Outcome> {
    const { force, createBucket = false, bandwidth, signal, onProgress } = options;
    const { name } = this.config;
    const meter = new Meter(way === 'push' ? 'pushing' : 'pulling', name, onProgress);
    const [from, to] = way === 'push' ? [local, this.store] : [this.store, local];
    try {
      return await this.#naming(async () => {
        onProgress?.({ phase: 'listing', remote: name, weightsDone: 0, weightsTotal: 0, bytesDone: 0 });
        if (way === 'push') await this.#remote.prepareToWrite(createBucket, signal);
        const { send = [], blocked = [] } = (await this.plan(local, [way], options, signal))[way] ?? {};
        // What is written over takes no more room.
        if (to.folder !== undefined && force !== true) await checkRoom(send, from, to.folder, way === 'push' ? 'Pushing' : 'Pulling', signal);
        const outcome = await runTransfer(send, from, to, { remote: name, force, meter, bandwidth, signal });
        return { ...outcome, errors: [...blocked.map((hash) => absent(hash, way, name)), ...outcome.errors] };
      });
    } catch (error) {
      if (!CoralError.is(error, 'cancelled')) throw error;
      return { weights: 0, bytes: 0, errors: [error], scalars: [] };
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

/** What is wrong with a weight that was asked for and that the side it should come from does not hold. */
export function absent(hash: string, way: Way, remote: string): CoralError {
  const side = way === 'push' ? 'the local store' : remote;
  return new CoralError('missing', `${hash} was asked for, but ${side} does not hold it. Refresh and try again.`, { hash, remote });
}

function scalarWarnings(hashes: readonly string[], remote: string): string[] {
  if (hashes.length === 0) return [];
  return [`The Python tool cannot pull from ${remote} now: it stops at weights without dimensions (${hashes.join(', ')}). Coral for VS Code can.`];
}

/** Hashes are not held to the form that Coral gives them today: refs that other versions wrote must survive. */
function checkRef(name: string, hash: string): void {
  checkBranchName(name);
  if (!/^[\w.-]{1,128}$/.test(hash)) throw new CoralError('invalid', `${JSON.stringify(hash)} is no commit hash for the branch ${name}.`);
}
