import { mention } from '../say';
import type { Services } from '../services';
import { setDefaultRemoteName } from '../settings';
import { pickRemote } from './pickRemote';

/** Makes a remote the one that the status bar shows and syncs, for the folder that its repository lies in. */
export async function setDefaultRemote(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Which remote is to be the default?');
  if (!remote) return;
  await setDefaultRemoteName(remote.root, remote.name);
  mention(`${remote.name} is the default remote now.`);
}
