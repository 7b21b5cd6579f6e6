import { transferAndReport } from '../actions/transfer';
import { pickCommit } from '../ask/pickCommit';
import { pickRemote } from '../ask/pickRemote';
import { agreedIn, hasText } from '../ask/target';
import type { Command } from '../command';
import { selectedCommit } from '../tree/selectedInHistory';

/** Sends what the commit and those before it name and the remote lacks. */
export const pushUpTo: Command = {
  id: 'coral.pushUpTo', run: transferUpTo('push', 'Push up to which commit?', 'Push to which remote?'),
};

/** Fetches what the commit and those before it name and this repository lacks. */
export const pullUpTo: Command = {
  id: 'coral.pullUpTo', run: transferUpTo('pull', 'Pull up to which commit?', 'Pull from which remote?'),
};

/** `{ root, commit, remote }` leaves out the questions. */
function transferUpTo(direction: 'push' | 'pull', whichCommit: string, whichRemote: string): Command['run'] {
  return async (services, target) => {
    const commit = await pickCommit(services, target ?? selectedCommit(services.historyView), whichCommit);
    if (!commit) return undefined;
    const remote = await pickRemote(services.model, hasText(target, 'remote') ? target : { root: commit.root }, whichRemote);
    return remote && transferAndReport(services, remote, { direction, upTo: commit.commit, ...agreedIn(target) });
  };
}
