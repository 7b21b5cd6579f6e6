import type { CoralErrorJSON } from '../core/errors';
import type { Credentials } from '../core/remotes/credentials';
import type { SyncResultJSON } from '../core/remotes/syncResult';
import type { NetworkSettings } from '../core/storage/objects/connect';
import type { Progress } from '../core/transfer/progress';

/** The five messages between the extension host and the worker. */
export type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'fail'; readonly id: number; readonly error: CoralErrorJSON }
  | { readonly kind: 'progress'; readonly id: number; readonly value: Progress };

export interface RemoteSummary {
  readonly name: string;
  readonly url: string;
  /** s3, gcs, azure or file; whatever else remotes.json says is shown, and refused when it is used */
  readonly backend: string;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly autoPush: boolean;
  readonly autoPull: boolean;
}

/** What a folder's `.coral` says, read without any network. */
export interface RepositorySnapshot {
  readonly root: string;
  /** the current branch; undefined when HEAD is detached */
  readonly branch?: string | undefined;
  /** the commit HEAD is at; undefined before the first one */
  readonly commit?: string | undefined;
  readonly commits: number;
  readonly staged: number;
  /** weights in the local store */
  readonly weights: number;
  readonly remotes: readonly RemoteSummary[];
  /** what could not be read, a damaged remotes.json or commit say; the rest is still shown */
  readonly problems: readonly CoralErrorJSON[];
}

export interface StatusSnapshot {
  readonly remote: string;
  /** weights only here, only there, on both sides */
  readonly ahead: number;
  readonly behind: number;
  readonly synced: number;
  /** weights that a commit names and neither side has */
  readonly missing: readonly string[];
  readonly isSynced: boolean;
  /** milliseconds since 1970 */
  readonly checkedAt: number;
  readonly warnings: readonly string[];
}

export type WeightGroup = 'ahead' | 'behind' | 'synced';

export interface WeightRow {
  readonly hash: string;
  /** names that commits, staging or the store give it, the best one first; empty when none is known */
  readonly names: readonly string[];
  readonly shape?: readonly number[] | undefined;
  readonly dtype?: string | undefined;
  /** bytes, uncompressed */
  readonly byteLength?: number | undefined;
  /** A: only here, R: only on the remote, M: its name has another hash there */
  readonly mark?: 'A' | 'R' | 'M' | undefined;
  /** why its metadata could not be read */
  readonly problem?: string | undefined;
}

export interface WeightPage {
  readonly rows: readonly WeightRow[];
  readonly total: number;
}

export interface RemoteInfo {
  readonly name: string;
  readonly url: string;
  readonly backend: string;
  /** where the credentials come from: `profile "dev"`, "the environment"; never a value */
  readonly credentialsSource: string;
  readonly storage: { readonly location: string; readonly weights: number; readonly storedBytes?: number | undefined };
  readonly refs: Readonly<Record<string, string>>;
}

/** What a connection test saw. */
export interface RemoteCheck {
  readonly reachable: boolean;
  readonly exists: boolean;
  readonly weights: number;
  readonly error?: CoralErrorJSON | undefined;
}

export interface RemoteLocationText {
  readonly backend: string;
  readonly url: string;
  readonly endpointUrl?: string | undefined;
}

export interface RemoteRequest {
  readonly root: string;
  readonly remote: string;
  readonly credentials?: Credentials | undefined;
}

export interface TransferRequest extends RemoteRequest {
  readonly weightHashes?: readonly string[] | undefined;
  readonly force?: boolean | undefined;
  readonly createBucket?: boolean | undefined;
}

export interface WeightsRequest extends RemoteRequest {
  readonly group: WeightGroup;
  readonly offset: number;
  readonly limit: number;
}

export interface NewRemote {
  readonly root: string;
  readonly name: string;
  readonly url: string;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly credentials?: Credentials | undefined;
}

export interface WorkerSettings {
  readonly network?: Omit<NetworkSettings, 'ca'> | undefined;
  /** whether the certificates that this machine trusts count besides Node's own */
  readonly systemCertificates?: boolean | undefined;
  /** objects under way at once */
  readonly concurrency?: number | undefined;
  readonly compression?: 'auto' | 'gzip' | 'none' | undefined;
  /** shape of a remotes.json that does not exist yet */
  readonly remotesFileShape?: 'nested' | 'flat' | undefined;
}

/** What the worker does on request, method by method. Everything crosses the thread as plain data. */
export interface CoralApi {
  configure(settings: WorkerSettings): Promise<void>;
  repository(request: { readonly root: string }): Promise<RepositorySnapshot>;
  /** Asks the remote. */
  status(request: RemoteRequest): Promise<StatusSnapshot>;
  /** One page of a group, by name; uses the lists of the last `status`, asking the remote only when there are none. */
  weights(request: WeightsRequest): Promise<WeightPage>;
  push(request: TransferRequest): Promise<SyncResultJSON>;
  pull(request: TransferRequest): Promise<SyncResultJSON>;
  sync(request: TransferRequest): Promise<SyncResultJSON>;
  /** What a URL typed by a person stands for, minio:// as s3:// with an endpoint; reason "invalid" says what is wrong with it. No network. */
  readUrl(request: { readonly url: string }): Promise<RemoteLocationText>;
  testRemote(remote: NewRemote): Promise<RemoteCheck>;
  addRemote(remote: NewRemote): Promise<void>;
  removeRemote(request: { readonly root: string; readonly remote: string }): Promise<boolean>;
  info(request: RemoteRequest): Promise<RemoteInfo>;
}
