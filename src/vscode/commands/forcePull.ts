import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { ask } from '../ui/say';
import type { Services } from '../actions/services';
import { pickRemote } from '../ask/pickRemote';
import { transfer } from '../actions/transfer';

export async function forcePull(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  const remote = await pickRemote(services, target, 'Force pull from which remote?');
  if (!remote) return undefined;
  const detail = `Every weight of ${remote.summary.url} is fetched again and replaces what this repository stores under its hash.`;
  const picked = await ask(`Force pull from ${remote.name}?`, [detail], 'Force Pull');
  return picked ? transfer(services, remote, { direction: 'pull', force: true }) : undefined;
}
