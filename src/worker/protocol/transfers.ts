import type { SyncResultJSON } from '../../core/remotes/syncResult';
import type { RemoteRequest } from './status';

export interface TransferRequest extends RemoteRequest {
  readonly weightHashes?: readonly string[] | undefined;
  /** a commit hash: only what this commit and those before it name */
  readonly upTo?: string | undefined;
  readonly force?: boolean | undefined;
  readonly createBucket?: boolean | undefined;
}

export interface TransfersApi {
  push(request: TransferRequest): Promise<SyncResultJSON>;
  pull(request: TransferRequest): Promise<SyncResultJSON>;
  sync(request: TransferRequest): Promise<SyncResultJSON>;
}
