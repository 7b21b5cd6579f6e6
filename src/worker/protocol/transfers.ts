import type { SyncResultJSON } from '../../core/remotes/syncResult';
import type { NewRemote } from './remotes';
import type { RemoteRequest } from './status';

/** Which weights take part, by name, as the settings say; nothing to weights that were chosen one by one. */
export interface NameFilter {
  /** globs: all names when absent */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

export interface TransferRequest extends RemoteRequest, NameFilter {
  readonly weightHashes?: readonly string[] | undefined;
  /** a commit hash: only what this commit and those before it name */
  readonly upTo?: string | undefined;
  readonly force?: boolean | undefined;
  readonly createBucket?: boolean | undefined;
}

export interface CloneRequest extends NewRemote {
  /** the folder that the repository is made in */
  readonly root: string;
}

export interface TransfersApi {
  /** Makes a repository in `root` of what the remote holds; nothing is left behind when it rejects. */
  clone(request: CloneRequest): Promise<SyncResultJSON>;
  push(request: TransferRequest): Promise<SyncResultJSON>;
  pull(request: TransferRequest): Promise<SyncResultJSON>;
  sync(request: TransferRequest): Promise<SyncResultJSON>;
}
