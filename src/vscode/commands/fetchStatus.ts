import { reportError } from '../messages';
import type { Services } from '../services';
import { mayContact } from './connect';
import { pickRemote } from './pickRemote';

export async function fetchStatus(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Fetch the status of which remote?');
  if (!remote || !await mayContact(services, remote)) return;
  await remote.fetchStatusAgain();
  if (remote.error) reportError(services, remote.error, { remote, retry: () => fetchStatus(services, { root: remote.root, remote: remote.name }) });
}
