import { reportError } from '../actions/reportError';
import type { Services } from '../actions/services';
import { CoralError } from '../../core/errors';
import { contact } from '../actions/contact';
import { pickRemote } from '../ask/pickRemote';

export async function fetchStatus(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Fetch the status of which remote?');
  if (!remote) return;
  await contact(services, remote, async (now) => {
    await now.fetchStatusAgain();
    if (CoralError.is(now.error, 'conflict')) throw now.error;
  });
  if (remote.error) reportError(services, remote.error, { remote, retry: () => fetchStatus(services, { root: remote.root, remote: remote.name }) });
}
