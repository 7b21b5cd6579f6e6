import type { HistoryStore } from '../history/recordKinds';
import type { DeltaStore } from '../storage/deltaStore';
import type { CredentialsChoice } from '../storage/credentials';
import type { NetworkSettings } from '../storage/objects/agents';
import type { DropOptions, StoredKey, Surveyed } from '../storage/survey';
import type { WeightStore } from '../storage/weightStore';
import type { Agreed } from './agreed';
import type { RefsStore } from './refs';

export interface RemoteOptions {
  /** what is contacted, and nothing else: reason "conflict" where the entry has come to stand for another place; any when absent */
  readonly agreed?: Agreed | undefined;
  readonly credentials?: CredentialsChoice | undefined;
  readonly network?: NetworkSettings | undefined;
  /** requests under way at once */
  readonly concurrency?: number | undefined;
  /** how often a request that failed is made at most; fewer for a look that should fail soon */
  readonly tries?: number | undefined;
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  /** told of each request to a bucket, in a line without secrets */
  readonly onRequest?: ((line: string) => void) | undefined;
  /** told in words what is waited for: a file that another program holds */
  readonly onWaiting?: ((what: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What stands behind a remote: a folder or a bucket. Opening it creates nothing. */
export interface RemoteStore {
  readonly store: WeightStore & DeltaStore & Surveyed;
  readonly history: HistoryStore;
  readonly refs: RefsStore;
  /** where the credentials come from; never a value */
  readonly credentialsSource: string;
  readonly warnings: readonly string[];
  /** Whether the folder or bucket is there. */
  exists(signal?: AbortSignal): Promise<boolean>;
  /** To be called before the first write: creates the folder, but a bucket only with `createBucket`; else reason "missing". */
  prepareToWrite(createBucket: boolean, signal?: AbortSignal): Promise<void>;
  /** Rejects with what keeps one from writing there, if anything does. Leaves nothing behind, and creates no folder or bucket. */
  probeWrite(signal?: AbortSignal): Promise<void>;
  /** Removes weights and deltas for good: deltas first, then weights, so that nothing is left that lacks what it is based on. */
  drop(keys: readonly StoredKey[], options: DropOptions): Promise<void>;
  /** The time by the clock that dates what is stored there, in milliseconds since 1970. May write, and removes, a small object. */
  now(signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
