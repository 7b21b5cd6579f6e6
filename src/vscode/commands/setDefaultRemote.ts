import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';
import { setDefaultRemoteName } from '../settings/settings';
import { mention } from '../ui/say';

/** Makes a remote the one that the status bar shows and syncs, for the folder that its repository lies in. */
export const setDefaultRemote: Command = {
  id: 'coral.setDefaultRemote',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Which remote is to be the default?');
    if (!remote) return;
    await setDefaultRemoteName(remote.root, remote.name);
    mention(`${remote.name} is the default remote now.`);
  },
};
