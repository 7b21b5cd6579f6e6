import type { WeightStore } from '../storage/weightStore';
import type { TransferOptions } from '../transfer/progress';
import type { Remote } from './remote';
import type { SyncResult } from './syncResult';

export interface SyncOptions extends TransferOptions {
  /** "both" when absent: push first, then pull */
  readonly direction?: 'push' | 'pull' | 'both' | undefined;
}

export interface SyncStatistics {
  readonly push: SyncResult | undefined;
  readonly pull: SyncResult | undefined;
}

/** Pushes what only `local` holds and pulls what only the remote holds; with `force`, everything both ways. */
export async function syncRepositories(local: WeightStore, remote: Remote, options: SyncOptions = {}): Promise<SyncStatistics> {
  const { direction = 'both', ...transfer } = options;
  const push = direction === 'pull' ? undefined : await remote.push(local, transfer);
  const pull = direction === 'push' || transfer.signal?.aborted === true ? undefined : await remote.pull(local, transfer);
  return { push, pull };
}
