import type { SyncResultJSON } from '../../core/transfer/syncResult';
import { transferAndReport } from '../actions/transfer';
import { pickCommit } from '../ask/pickCommit';
import { pickRemote } from '../ask/pickRemote';
import { hasText } from '../ask/target';
import type { Command, CommandServices } from '../command';
import { selectedCommit } from '../tree/selectedInHistory';

/** Sends what the commit and those before it name and the remote lacks. */
export const pushUpTo: Command = {
  id: 'coral.pushUpTo',
  async run(services, target) {
    return transferUpTo(services, 'push', target, 'Push up to which commit?', 'Push to which remote?');
  },
};

/** Fetches what the commit and those before it name and this repository lacks. */
export const pullUpTo: Command = {
  id: 'coral.pullUpTo',
  async run(services, target) {
    return transferUpTo(services, 'pull', target, 'Pull up to which commit?', 'Pull from which remote?');
  },
};

/** `{ root, commit, remote }` leaves out the questions. */
async function transferUpTo(
  services: CommandServices, direction: 'push' | 'pull', target: unknown, whichCommit: string, whichRemote: string,
): Promise<SyncResultJSON | undefined> {
  const commit = await pickCommit(services, target ?? selectedCommit(services.historyView), whichCommit);
  if (!commit) return undefined;
  const remote = await pickRemote(services.model, hasText(target, 'remote') ? target : { root: commit.root }, whichRemote);
  return remote && transferAndReport(services, remote, { direction, upTo: commit.commit });
}
