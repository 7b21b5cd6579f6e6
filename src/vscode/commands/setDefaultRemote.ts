import { mention } from '../ui/say';
import type { Services } from '../actions/services';
import { setDefaultRemoteName } from '../settings/settings';
import { pickRemote } from '../ask/pickRemote';

/** Makes a remote the one that the status bar shows and syncs, for the folder that its repository lies in. */
export async function setDefaultRemote(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Which remote is to be the default?');
  if (!remote) return;
  await setDefaultRemoteName(remote.root, remote.name);
  mention(`${remote.name} is the default remote now.`);
}
