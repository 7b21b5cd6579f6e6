import { lookAhead } from '../actions/lookAhead';
import { transfer } from '../actions/transfer';
import { pickRemote } from '../ask/pickRemote';
import type { Command, CommandServices } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import { asksBeforeSync, stopAskingBeforeSync } from '../settings/settings';
import { ask } from '../ui/say';
import { movesNothing, remarks, summaryText } from '../wording/previewText';

/** `{ root, remote, isConfirmed: true }` comes from where the plan has been read already. */
export const sync: Command = {
  id: 'coral.sync',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Sync with which remote?');
    if (!remote) return undefined;
    const isAgreed = isConfirmed(target) || !asksBeforeSync() || remote.activity !== undefined || await confirm(services, remote);
    return isAgreed ? transfer(services, remote, { direction: 'sync' }) : undefined;
  },
};

/** Says what would move, and asks. Where nothing would, there is no question. */
async function confirm(services: CommandServices, remote: RemoteModel): Promise<boolean> {
  const preview = await lookAhead(
    services, { direction: 'sync' }, remote, () => sync.run(services, { root: remote.root, remote: remote.name }),
  );
  if (!preview) return false;
  if (movesNothing(preview)) return true;
  const branch = services.model.repository(remote.root)?.snapshot?.branch;
  const question = `Sync ${branch === undefined ? '' : `${branch} `}with ${remote.name}?`;
  const picked = await ask(question, [summaryText(preview), ...remarks(preview)], 'Sync', 'Sync, Don\'t Ask Again', 'Show Details');
  if (picked === 'Show Details') await services.previews.show({ direction: 'sync' }, remote, preview);
  if (picked === 'Sync, Don\'t Ask Again') await stopAskingBeforeSync();
  return picked === 'Sync' || picked === 'Sync, Don\'t Ask Again';
}

function isConfirmed(target: unknown): boolean {
  return typeof target === 'object' && target !== null && 'isConfirmed' in target && target.isConfirmed === true;
}
