import { CoralError } from '../errors';
import type { Side } from './inventory';
import type { Remote } from './remote';
import { SyncResult } from '../transfer/syncResult';
import type { Way } from './plan';
import type { TransferOptions } from '../transfer/progress';
import { type HistoryTransfer, pullHistory, pushHistory, pushNames } from './historyTransfer';
import { namesOf } from '../coralFolder/names';
import { readState } from '../coralFolder/repositoryState';
import { choose, type WhatToMove } from './selection';

export interface RepositoryTransferOptions extends Omit<TransferOptions, 'weightHashes'>, WhatToMove {
  /** whether a pull moves branches here forward, as it does when absent; a fetch does not */
  readonly moveBranches?: boolean | undefined;
}

/** Goes these ways between a repository and a remote, each from weights to refs. Rejects when nothing could be begun. */
export async function transferRepository(ways: readonly Way[], local: Side, remote: Remote, coralFolder: string, options: RepositoryTransferOptions): Promise<SyncResult> {
  const { force, moveBranches, signal } = options;
  const state = await readState(coralFolder);
  const { weightHashes, history, warnings } = await choose(options, { ways, state, local: local.store, remote }, signal);
  const transfer: HistoryTransfer = { local, remote, coralFolder, chosen: history, force, moveBranches, signal };
  let result = new SyncResult({ warnings });
  let nameless: ReadonlySet<string> = new Set();
  for (const way of ways) {
    if (way !== ways[0] && isStopped(result, signal)) break;
    result = result.plus(await remote[way](local.store, { ...options, weightHashes }));
    if (history === undefined || isStopped(result, signal)) continue;
    result = result.plus(await told(async () => {
      if (way === 'pull') return pullHistory(transfer);
      const pushed = await pushHistory(transfer);
      nameless = pushed.nameless;
      return pushed.result;
    }, remote));
  }
  if (nameless.size === 0 || isStopped(result, signal)) return result;
  // Last, since the pull may have brought the weights whose names are wanted.
  return result.plus(await told(async () => pushNames(transfer, nameless, namesOf(await readState(coralFolder))), remote));
}

/** Weights have moved by now: what fails from here on is told beside that. */
async function told(work: () => Promise<SyncResult>, remote: Remote): Promise<SyncResult> {
  try {
    return await work();
  } catch (error) {
    return new SyncResult({ errors: [CoralError.from(error, 'network').with({ remote: remote.config.name })] });
  }
}

/** Whether what comes next would meet the same failure. */
function isStopped({ errors }: SyncResult, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true || errors.some(({ reason }) => reason === 'cancelled' || reason === 'auth' || reason === 'denied' || reason === 'full');
}
