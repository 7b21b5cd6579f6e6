import type { SyncResultJSON } from '../../core/remotes/syncResult';
import type { Services } from '../actions/services';
import { pickRemote } from '../ask/pickRemote';
import { transfer } from '../actions/transfer';

export async function push(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  const remote = await pickRemote(services, target, 'Push to which remote?');
  return remote && transfer(services, remote, { direction: 'push' });
}
