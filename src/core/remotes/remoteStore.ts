import type { HistoryStore } from '../history/recordKinds';
import type { DeltaStore } from '../storage/deltaStore';
import type { CredentialsChoice } from '../storage/credentials';
import type { NetworkSettings } from '../storage/objects/agents';
import type { DropOptions, StoredKey, Surveyed } from '../storage/survey';
import type { WeightStore } from '../storage/weightStore';
import type { Agreed } from './agreed';
import type { RefsStore } from './refs';

export interface RemoteOptions {
  /** the only place that may be contacted: reason "conflict" when the entry leads elsewhere by now; any place when absent */
  readonly agreed?: Agreed | undefined;
  readonly credentials?: CredentialsChoice | undefined;
  readonly network?: NetworkSettings | undefined;
  /** requests under way at once */
  readonly concurrency?: number | undefined;
  /** attempts per request at most; fewer for a look that should fail soon */
  readonly tries?: number | undefined;
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  /** called with one line, free of secrets, for each request to a bucket */
  readonly onRequest?: ((line: string) => void) | undefined;
  /** called with what is being waited for: a file that another program holds */
  readonly onWaiting?: ((what: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The folder or bucket behind a remote. Opening it creates nothing. */
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
  /** Rejects with what prevents writing there. Leaves nothing behind and creates no folder or bucket. */
  probeWrite(signal?: AbortSignal): Promise<void>;
  /** Deletes weights and deltas; deltas first, so that no delta is ever left without the weight it is based on. */
  drop(keys: readonly StoredKey[], options: DropOptions): Promise<void>;
  /**
   * The current time of the clock that timestamps what is stored there, in milliseconds since 1970. May write, and removes, a
   * small object.
   */
  now(signal?: AbortSignal): Promise<number>;
  close(): Promise<void>;
}
