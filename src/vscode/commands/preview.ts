import type { TransferAction } from '../../worker/protocol/transfers';
import { lookAhead } from '../actions/lookAhead';
import { pickRemote } from '../ask/pickRemote';
import { hasText } from '../ask/target';
import type { Command, CommandServices } from '../command';

export const previewPush: Command = {
  id: 'coral.previewPush', run: (services, target) => preview(services, 'push', target, 'Preview a push to which remote?'),
};
export const previewPull: Command = {
  id: 'coral.previewPull', run: (services, target) => preview(services, 'pull', target, 'Preview a pull from which remote?'),
};
export const previewSync: Command = {
  id: 'coral.previewSync', run: (services, target) => preview(services, 'sync', target, 'Preview a sync with which remote?'),
};

/** Shows what a transfer would do, and moves nothing. `{ root, remote, upTo }` is for a commit and those before it. */
async function preview(services: CommandServices, direction: TransferAction, target: unknown, purpose: string): Promise<void> {
  const remote = await pickRemote(services.model, target, purpose);
  if (!remote) return;
  const choice = hasText(target, 'upTo') ? { direction, upTo: target.upTo } : { direction };
  const again = { root: remote.root, remote: remote.name, ...choice };
  const found = await lookAhead(services, choice, remote, () => preview(services, direction, again, purpose));
  if (found) await services.previews.show(choice, remote, found);
}
