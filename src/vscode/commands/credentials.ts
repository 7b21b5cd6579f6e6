import { askCredentials } from '../ask/askCredentials';
import { mayContact } from '../ask/mayContact';
import { pickRemote } from '../ask/pickRemote';
import type { Command } from '../command';
import { mention, notify } from '../ui/say';

export const setCredentials: Command = {
  id: 'coral.setCredentials',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Set the credentials of which remote?');
    if (!remote) return;
    if (!remote.needsCredentials) {
      notify('info', `${remote.name} is a folder: it needs no credentials.`);
      return;
    }
    const credentials = await askCredentials(remote.name);
    if (!credentials) return;
    await services.vault.set(remote.summary, credentials);
    if (await mayContact(services.consents, remote)) await remote.fetchStatusAgain();
  },
};

export const clearCredentials: Command = {
  id: 'coral.clearCredentials',
  async run(services, target) {
    const remote = await pickRemote(services.model, target, 'Clear the credentials of which remote?');
    if (!remote) return;
    if (await services.vault.get(remote.summary) === undefined) {
      notify('info', `No credentials are saved for ${remote.name}.`);
      return;
    }
    await services.vault.clear(remote.summary);
    mention(`The saved credentials of ${remote.name} are gone.`);
  },
};
