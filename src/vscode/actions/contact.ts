import { CoralError } from '../../core/base/errors';
import { mayContact } from '../ask/mayContact';
import type { RemoteModel } from '../model/remoteModel';
import type { Services } from './services';

/**
 * Does something with a remote that may be contacted; undefined when the person does not want that. Where remotes.json names another
 * place by now, nothing was sent, and the person is asked about that place.
 */
export async function contact<T>(
  services: Services, remote: RemoteModel, work: (remote: RemoteModel) => Promise<T>,
): Promise<T | undefined> {
  const { consents, model } = services;
  if (!await mayContact(consents, remote)) return undefined;
  try {
    return await work(remote);
  } catch (error) {
    if (!CoralError.is(error, 'conflict')) throw error;
    await model.repository(remote.root)?.refresh();
    const now = model.remote(remote.root, remote.name);
    if (now === undefined || now === remote) throw error;
    return contact(services, now, work);
  }
}
