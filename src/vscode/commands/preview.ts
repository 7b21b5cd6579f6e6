import type { PreviewChoice } from '../../worker/protocol/transfers';
import { lookAhead } from '../actions/lookAhead';
import { hasText } from '../ask/target';
import { type Command, type CommandServices, withRemote } from '../command';
import type { RemoteModel } from '../model/remoteModel';

export const previewPush: Command = { id: 'coral.previewPush', run: preview('push', 'Preview a push to which remote?') };
export const previewPull: Command = { id: 'coral.previewPull', run: preview('pull', 'Preview a pull from which remote?') };
export const previewSync: Command = { id: 'coral.previewSync', run: preview('sync', 'Preview a sync with which remote?') };

/** Shows what a transfer would do, and moves nothing. `{ root, remote, upTo }` is for a commit and those before it. */
function preview(direction: PreviewChoice['direction'], question: string): Command['run'] {
  return withRemote(question, (services, remote, target) => (
    show(services, remote, { direction, ...(hasText(target, 'upTo') && { upTo: target.upTo }) })));
}

async function show(services: CommandServices, remote: RemoteModel, choice: PreviewChoice): Promise<void> {
  const found = await lookAhead(services, choice, remote, () => show(services, remote, choice));
  if (found) await services.previews.show(choice, remote, found);
}
