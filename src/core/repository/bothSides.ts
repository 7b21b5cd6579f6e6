import type { HistoryStore } from '../history/recordKinds';
import type { RemoteOptions } from '../remotes/remoteStore';
import type { HDF5Store } from '../storage/hdf5/hdf5Store';
import type { Ends } from '../sync/lookAt';
import type { Remote } from '../sync/remote';
import { type Direction, type RunOptions, transfer } from '../sync/transfer';
import { SyncResult } from '../transfer/syncResult';
import { WaitingRelay } from '../transfer/waitingRelay';
import type { AgreedPaths, LocalStoreOptions, RemoteTransferOptions } from './repositoryOptions';

/** A repository, as far as it is needed here. */
interface Openable {
  coralFolder(agreed?: AgreedPaths): Promise<string>;
  history(agreed?: AgreedPaths): Promise<HistoryStore>;
  localStore(mode: 'read' | 'write', options: LocalStoreOptions): Promise<HDF5Store>;
  remote(name: string, options: RemoteOptions): Promise<Remote>;
}

/** Opens a repository and one of its remotes for as long as `work` takes. */
export async function withBothSides<T>(
  repository: Openable, name: string, mode: 'read' | 'write', options: RemoteOptions & LocalStoreOptions,
  work: (sides: Ends) => Promise<T>,
): Promise<T> {
  const { agreed } = options;
  await using remote = await repository.remote(name, options);
  await using store = await repository.localStore(mode, options);
  return await work({ local: { store, history: await repository.history(agreed) }, remote, coralFolder: await repository.coralFolder(agreed) });
}

/** Pushes, pulls or both; warnings of the local store become part of the result. */
export async function transferBetween(
  repository: Openable, name: string, direction: Direction, options: RunOptions & RemoteTransferOptions,
): Promise<SyncResult> {
  const { onProgress, onWaiting } = new WaitingRelay(name, options.onProgress);
  const warnings: string[] = [];
  const onWarning = (what: string): void => { warnings.push(what); };
  const result = await withBothSides(repository, name, 'write', { ...options, onWaiting, onWarning }, (sides) => (
    transfer(direction, sides, { ...options, onProgress })));
  return result.plus(new SyncResult({ warnings }));
}
