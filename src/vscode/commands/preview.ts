import type { TransferPreview } from '../../core/repository/transferPreview';
import { reportError } from '../actions/reportError';
import { inNotification } from '../ui/progress';
import type { Direction, PreviewChoice, RemoteModel } from '../model/remoteModel';
import type { Services } from '../actions/services';
import { contact } from '../actions/contact';
import { pickRemote } from '../ask/pickRemote';
import { hasText } from '../ask/target';
import { transfer } from '../actions/transfer';

export const previewPush = (services: Services, target?: unknown): Promise<void> => preview(services, 'push', target, 'Preview a push to which remote?');
export const previewPull = (services: Services, target?: unknown): Promise<void> => preview(services, 'pull', target, 'Preview a pull from which remote?');
export const previewSync = (services: Services, target?: unknown): Promise<void> => preview(services, 'sync', target, 'Preview a sync with which remote?');

/** Shows what a transfer would do, and moves nothing. `{ root, remote, upTo }` is for a commit and those before it. */
async function preview(services: Services, direction: Direction, target: unknown, purpose: string): Promise<void> {
  const remote = await pickRemote(services, target, purpose);
  if (!remote) return;
  const choice = hasText(target, 'upTo') ? { direction, upTo: target.upTo } : { direction };
  const found = await lookAhead(services, choice, remote, () => preview(services, direction, { root: remote.root, remote: remote.name, ...choice }, purpose));
  if (found) await services.previews.show(choice, remote, found);
}

/** What the transfer would do; undefined when it may not be asked, cannot be told, which is then said, or is no longer wanted. */
export async function lookAhead(services: Services, choice: PreviewChoice, remote: RemoteModel, retry: () => unknown): Promise<TransferPreview | undefined> {
  try {
    return await contact(services, remote, async (now) => inNotification(`Comparing with ${now.name}`, (_, signal) => now.preview(choice, signal)));
  } catch (error) {
    reportError(services, error, { remote, retry, createBucket: () => transfer(services, remote, { ...choice, createBucket: true }) });
    return undefined;
  }
}
