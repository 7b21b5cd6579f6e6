import type { SyncResultJSON } from '../../core/remotes/syncResult';
import type { Services } from '../actions/services';
import { pickCommit } from '../ask/pickCommit';
import { pickRemote } from '../ask/pickRemote';
import { hasText } from '../ask/target';
import { transfer } from '../actions/transfer';

/** Sends what the commit and those before it name and the remote lacks. */
export async function pushUpTo(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  return transferUpTo(services, 'push', target, 'Push up to which commit?', 'Push to which remote?');
}

/** Fetches what the commit and those before it name and this repository lacks. */
export async function pullUpTo(services: Services, target?: unknown): Promise<SyncResultJSON | undefined> {
  return transferUpTo(services, 'pull', target, 'Pull up to which commit?', 'Pull from which remote?');
}

/** `{ root, commit, remote }` leaves out the questions. */
async function transferUpTo(
  services: Services, direction: 'push' | 'pull', target: unknown, whichCommit: string, whichRemote: string,
): Promise<SyncResultJSON | undefined> {
  const commit = await pickCommit(services, target, whichCommit);
  if (!commit) return undefined;
  const remote = await pickRemote(services, hasText(target, 'remote') ? target : { root: commit.root }, whichRemote);
  return remote && transfer(services, remote, { direction, upTo: commit.commit });
}
