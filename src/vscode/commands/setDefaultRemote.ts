import { type Command, withRemote } from '../command';
import { setDefaultRemoteName } from '../settings/settings';
import { mention } from '../ui/say';

/** Makes a remote the one that the status bar shows and syncs, for the folder that its repository lies in. */
export const setDefaultRemote: Command = {
  id: 'coral.setDefaultRemote',
  run: withRemote('Which remote is to be the default?', async (_, { root, name }) => {
    await setDefaultRemoteName(root, name);
    mention(`${name} is the default remote now.`);
  }),
};
