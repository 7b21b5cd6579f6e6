import type { SyncResultJSON } from '../../core/remotes/syncResult';
import type { Services } from '../actions/services';
import { pickRemote } from '../ask/pickRemote';
import { transfer } from '../actions/transfer';

export async function pull(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  const remote = await pickRemote(services, target, 'Pull from which remote?');
  return remote && transfer(services, remote, { direction: 'pull' });
}
