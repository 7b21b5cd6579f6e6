import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { ask } from '../ui/say';
import type { Services } from '../actions/services';
import { pickRemote } from '../ask/pickRemote';
import { transfer } from '../actions/transfer';

export async function forcePush(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  const remote = await pickRemote(services, target, 'Force push to which remote?');
  if (!remote) return undefined;
  const detail = `Every weight of this repository is sent again to ${remote.summary.url} and replaces what is stored there under its hash.`;
  const picked = await ask(`Force push to ${remote.name}?`, [detail], 'Force Push');
  return picked ? transfer(services, remote, { direction: 'push', force: true }) : undefined;
}
