import { mention, notify } from '../ui/say';
import type { Services } from '../actions/services';
import { askCredentials } from '../ask/askCredentials';
import { mayContact } from '../actions/contact';
import { pickRemote } from '../ask/pickRemote';

export async function setCredentials(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Set the credentials of which remote?');
  if (!remote) return;
  if (!remote.needsCredentials) {
    notify('info', `${remote.name} is a folder: it needs no credentials.`);
    return;
  }
  const credentials = await askCredentials(remote.name);
  if (!credentials) return;
  await services.vault.set(remote.summary, credentials);
  if (await mayContact(services, remote)) await remote.fetchStatusAgain();
}

export async function clearCredentials(services: Services, target?: unknown): Promise<void> {
  const remote = await pickRemote(services, target, 'Clear the credentials of which remote?');
  if (!remote) return;
  if (await services.vault.get(remote.summary) === undefined) {
    notify('info', `No credentials are saved for ${remote.name}.`);
    return;
  }
  await services.vault.clear(remote.summary);
  mention(`The saved credentials of ${remote.name} are gone.`);
}
