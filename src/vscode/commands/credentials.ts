import { askCredentials } from '../ask/askCredentials';
import { mayContact } from '../ask/mayContact';
import { type Command, withRemote } from '../command';
import { mention, notify } from '../ui/say';

export const setCredentials: Command = {
  id: 'coral.setCredentials',
  run: withRemote('Set the credentials of which remote?', async ({ vault, consents }, remote) => {
    if (!remote.needsCredentials) {
      notify('info', `${remote.name} is a folder: it needs no credentials.`);
      return;
    }
    const credentials = await askCredentials(remote.name);
    if (!credentials) return;
    await vault.set(remote.summary, credentials);
    if (await mayContact(consents, remote)) await remote.fetchStatusAgain();
  }),
};

export const clearCredentials: Command = {
  id: 'coral.clearCredentials',
  run: withRemote('Clear the credentials of which remote?', async ({ vault }, { name, summary }) => {
    if (await vault.get(summary) === undefined) {
      notify('info', `No credentials are saved for ${name}.`);
      return;
    }
    await vault.clear(summary);
    mention(`The saved credentials of ${name} are gone.`);
  }),
};
