import type { WeightStore } from '../storage/weightStore';
import type { Selection } from './planWeights';
import type { TransferOptions } from '../transfer/progress';
import type { Remote } from './remote';
import type { Way } from './world';
import type { RemoteConfig } from '../remotes/remoteConfig';
import type { SyncResult } from '../transfer/syncResult';

export interface SyncOptions extends TransferOptions {
  /** "both" when absent: push first, then pull */
  readonly direction?: 'push' | 'pull' | 'both' | undefined;
}

export interface SyncStatistics {
  readonly push: SyncResult | undefined;
  readonly pull: SyncResult | undefined;
}

/**
 * Pushes what only `local` has and pulls what only the remote has; with `force`, everything both ways. The order is that of
 * `waysOf`; a cancellation ends it.
 */
export async function syncRepositories(local: WeightStore, remote: Remote, options: SyncOptions = {}): Promise<SyncStatistics> {
  const { direction = 'both', ...transfer } = options;
  const results: Partial<Record<Way, SyncResult>> = {};
  for (const way of waysOf(direction, remote.config, transfer)) {
    const isFirst = Object.keys(results).length === 0;
    if (isFirst || transfer.signal?.aborted !== true) results[way] = await remote[way](local, transfer);
  }
  return { push: results.push, pull: results.pull };
}

/**
 * The directions of a transfer, in order. A remote with auto_pull is pulled from before anything is pushed to it, so that the
 * push builds on what others pushed; not so with selected weights or force, which state exactly what to do.
 */
export function waysOf(
  direction: NonNullable<SyncOptions['direction']>, { autoPull }: Pick<RemoteConfig, 'autoPull'>, { weightHashes, force }: Selection,
): readonly Way[] {
  if (direction === 'pull') return ['pull'];
  if (autoPull && weightHashes === undefined && force !== true) return ['pull', 'push'];
  return direction === 'push' ? ['push'] : ['push', 'pull'];
}
