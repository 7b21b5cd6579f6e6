import { describeSource } from '../../core/remotes/findCredentials';
import type { Difference } from '../../core/sync/difference';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { OtherKind, RemoteRequest, StatusSnapshot } from '../protocol/status';
import type { HandlersOf } from '../rpc';
import type { Comparisons } from './comparisons';
import type { WorkerSession } from './workerSession';

export interface StatusApi {
  /** Asks the remote. */
  status(request: RemoteRequest): Promise<StatusSnapshot>;
  /** Where its credentials come from: `profile "dev"`; never a value. Asks nobody. */
  credentialsSource(request: RemoteRequest): Promise<string>;
}

export function statusHandlers(session: WorkerSession, comparisons: Comparisons): HandlersOf<StatusApi> {
  return {
    async status(request, { signal }) {
      const status = await session.ask(request, signal);
      const names = await comparisons.prepare(status, request).catch(() => undefined); // why not is told to whoever looks at the weights
      const { ahead, behind, synced, missing, refs, isSynced, warnings } = status;
      return {
        remote: request.remote, ahead: ahead.length, behind: behind.length,
        synced: synced.length, names, missing, refs, isSynced, warnings, checkedAt: Date.now(),
        ...otherDifferences(status),
      };
    },
    async credentialsSource({ root, remote, credentials }) {
      return describeSource((await (await session.open(root)).remotes()).known(remote), credentials, process.env);
    },
  };
}

function otherDifferences({ kinds, branches }: SyncStatus): Pick<StatusSnapshot, 'kinds' | 'branches'> {
  const count = ({ ahead, behind, missing, conflicts }: Difference): StatusSnapshot['kinds'][OtherKind] => (
    { ahead: ahead.length, behind: behind.length, missing: missing.length, conflicts: conflicts.length });
  const moving = new Set([kinds.branches.ahead, kinds.branches.behind, kinds.branches.conflicts].flat());
  return {
    kinds: Object.fromEntries(Object.entries(kinds).filter(([kind]) => kind !== 'weights')
      .map(([kind, difference]) => [kind, count(difference)])) as StatusSnapshot['kinds'],
    branches: branches.filter(({ name }) => moving.has(name)),
  };
}
