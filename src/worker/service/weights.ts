import type { Repository } from '../../core/repository/repository';
import type { SyncStatus } from '../../core/repository/syncStatus';
import type { WeightsApi } from '../protocol/weights';
import type { HandlersOf } from '../rpc';
import { Comparison } from './comparison';
import type { WorkerSession } from './session';

export function weightsHandlers(session: WorkerSession): HandlersOf<WeightsApi> {
  const comparisons = new WeakMap<SyncStatus, Comparison>();

  /** Names are read only for those who want to see weights. */
  async function compare(status: SyncStatus, repository: Repository): Promise<Comparison> {
    const comparison = comparisons.get(status) ?? new Comparison(status, await repository.names());
    comparisons.set(status, comparison);
    return comparison;
  }

  return {
    async weights(request, { signal }) {
      const { group, offset, limit } = request;
      const repository = await session.open(request.root);
      const comparison = await compare(await session.lastStatus(request, signal), repository);
      const hashes = comparison.sorted(group);
      const page = hashes.slice(offset, offset + limit);
      if (group === 'behind') {
        await using remote = await repository.remote(request.remote, session.remoteOptions(request, signal));
        return { rows: await comparison.rows(group, page, remote.store, signal), total: hashes.length };
      }
      const local = await repository.localStore('read');
      try {
        return { rows: await comparison.rows(group, page, local, signal), total: hashes.length };
      } finally {
        await local.close();
      }
    },
  };
}
