import type { SyncResultJSON } from '../../core/remotes/syncResult';
import { ask } from '../say';
import type { Services } from '../services';
import { pickRemote } from './pickRemote';
import { transfer } from './transfer';

export async function forcePull(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  const remote = await pickRemote(services, target, 'Force pull from which remote?');
  if (!remote) return undefined;
  const detail = `Every weight of ${remote.summary.url} is fetched again and replaces what this repository stores under its hash.`;
  const picked = await ask(`Force pull from ${remote.name}?`, [detail], 'Force Pull');
  return picked ? transfer(services, remote, { direction: 'pull', force: true }) : undefined;
}
