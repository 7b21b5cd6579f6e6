import type { SyncResultJSON } from '../../core/transfer/syncResult';
import { lookAhead } from '../actions/lookAhead';
import { transferAndReport } from '../actions/transfer';
import { agreedIn } from '../ask/target';
import { type Command, type CommandServices, withRemote } from '../command';
import type { RemoteModel } from '../model/remoteModel';
import { asksBeforeSync, stopAskingBeforeSync } from '../settings/settings';
import { ask } from '../ui/say';
import { movesNothing, remarks, summaryText } from '../wording/previewText';

/** `{ root, remote, agreedPlan }` comes from where the plan has been read already. */
export const sync: Command = {
  id: 'coral.sync',
  run: withRemote('Sync with which remote?', (services, remote, target) => {
    const { agreedPlan } = agreedIn(target);
    if (agreedPlan !== undefined) return syncAsAgreed(services, remote, agreedPlan);
    return asksBeforeSync() && remote.activity === undefined
      ? askAndSync(services, remote)
      : transferAndReport(services, remote, { direction: 'sync' });
  }),
};

/**
 * Says what would move, and runs that very plan when it is agreed to. Where nothing would, there is no question.
 * @param why it is asked again
 */
async function askAndSync(services: CommandServices, remote: RemoteModel, ...why: string[]): Promise<SyncResultJSON | undefined> {
  const retry = () => sync.run(services, remote.target);
  const preview = await lookAhead(services, { direction: 'sync' }, remote, retry);
  if (!preview) return undefined;
  if (movesNothing(preview)) return syncAsAgreed(services, remote, preview.fingerprint);
  const branch = services.model.repository(remote.root)?.snapshot?.branch;
  const question = `Sync ${branch === undefined ? '' : `${branch} `}with ${remote.name}?`;
  const picked = await ask(question, [...why, summaryText(preview), ...remarks(preview)], 'Sync', 'Sync, Don\'t Ask Again', 'Show Details');
  if (picked === 'Show Details') await services.previews.show({ direction: 'sync' }, remote, preview);
  if (picked === 'Sync, Don\'t Ask Again') await stopAskingBeforeSync();
  if (picked !== 'Sync' && picked !== 'Sync, Don\'t Ask Again') return undefined;
  return syncAsAgreed(services, remote, preview.fingerprint);
}

function syncAsAgreed(services: CommandServices, remote: RemoteModel, agreedPlan: string): Promise<SyncResultJSON | undefined> {
  return transferAndReport(services, remote, { direction: 'sync', agreedPlan }, (now, why) => askAndSync(services, now, why));
}
