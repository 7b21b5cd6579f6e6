import { CoralError, type ErrorDetail } from '../errors';
import type { Commits } from '../history/graph';
import type { HistoryStore } from '../history/recordStore';
import type { DeltaStore } from '../storage/deltaStore';
import { checkRoom } from '../storage/freeSpace';
import type { DropOptions, StoredKey, Surveyed } from '../storage/survey';
import type { StorageInfo, WeightStore } from '../storage/weightStore';
import { checkBranchName } from '../validate';
import { Meter } from '../transfer/meter';
import { type Plans, planWays, type Selection, type Way } from '../transfer/plan';
import type { TransferOptions } from '../transfer/progress';
import { type Outcome, runTransfer } from '../transfer/run';
import { movesOf, refused } from './branchMoves';
import { mergeRefs, parseRefs, type Refs } from './refs';
import type { RemoteConfig } from './remoteConfig';
import { openRemoteStore, type RemoteOptions, type RemoteStore } from './remoteStore';
import { SyncResult } from './syncResult';

export interface RemoteInfo {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  /** where the credentials come from; never a value */
  readonly credentialsSource: string;
  readonly storageInfo: StorageInfo;
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
    let merged: Refs = {};
    await this.#naming(() => store.update((text) => {
      merged = { ...parseRefs(text, store.location), ...refs };
      return mergeRefs(text, refs, store.location);
    }, signal));
    this.#refs = merged;
  }

  /**
   * Moves branches there to these commits, as far as that moves them forward; with `force` also where both sides went on. A branch whose
   * commit here is behind the remote's stays. `commits` are those of both sides. Returns the refs then, and why any branch was not moved.
   */
  async moveBranches(branches: Refs, commits: Commits, { force = false, signal }: MoveOptions = {}): Promise<{ readonly refs: Refs; readonly errors: readonly CoralError[] }> {
    const { refs: store } = this.#remote;
    let errors: CoralError[] = [];
    let refs: Refs = {};
    const edit = (text: string | undefined): string | undefined => {
      const current = parseRefs(text, store.location);
      const { moved, refused: stuck } = movesOf(branches, current, commits, force);
      errors = stuck.map((state) => refused(state, this.config.name));
      refs = { ...current, ...moved };
      return Object.keys(moved).length === 0 ? undefined : mergeRefs(text, moved, store.location);
    };
    // Where there is nothing to change, no lock is made.
    if (edit(await this.#naming(() => store.read(signal))) !== undefined) await this.#naming(() => store.update(edit, signal));
    this.#refs = refs;
    return { refs, errors };
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
