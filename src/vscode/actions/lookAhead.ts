import type { TransferPreview } from '../../core/sync/transferPreview';
import type { PreviewChoice } from '../../worker/protocol/transfers';
import type { RemoteModel } from '../model/remoteModel';
import { nameFilterOf } from '../settings/settings';
import { inNotification } from '../ui/progress';
import { contact } from './contact';
import { reportError } from './reportError';
import type { Services } from './services';
import { transferAndReport } from './transfer';

/** What the transfer would do; undefined when it may not be asked, cannot be told, which is then said, or is no longer wanted. */
export async function lookAhead(
  services: Services, choice: PreviewChoice, remote: RemoteModel, retry: () => unknown,
): Promise<TransferPreview | undefined> {
  try {
    const request = { ...nameFilterOf(remote.root), ...choice };
    return await contact(services, remote, async (now) => (
      inNotification(`Comparing with ${now.name}`, (_, signal) => now.call('preview', request, { signal }))));
  } catch (error) {
    const createBucket = () => transferAndReport(services, remote, { ...choice, createBucket: true });
    reportError(services.log, error, { remote, retry, createBucket });
    return undefined;
  }
}
