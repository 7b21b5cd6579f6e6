import { CoralError } from '../../core/errors';
import { backendOf } from '../../core/storage/backends';
import type { RemotePlace } from '../model/consents';
import type { RemoteModel } from '../model/remoteModel';
import { ask } from '../ui/say';
import type { Services } from './services';

/** Whether the remote may be contacted; asks where the person was not asked yet. */
export async function mayContact(services: Services, remote: RemoteModel): Promise<boolean> {
  return mayContactPlace(services, remote.at, async () => remote.credentialsSource());
}

/** The same for a place that a remote is about to get. */
export async function mayContactPlace({ consents }: Services, at: RemotePlace, credentialsSource: () => Promise<string>): Promise<boolean> {
  if (consents.mayContact(at)) return true;
  const { name, place: { url, endpointUrl, host } } = at;
  // A folder's may also lack the scheme.
  const isShare = backendOf(url)?.kind !== 'bucket';
  const sends = isShare ? 'Windows will sign in there as you, and Coral will send the weights you push.'
    : `Coral will send it requests signed with your credentials (${await credentialsSource()}), and the weights you push.`;
  const detail = [
    `.coral/remotes.json in this folder puts ${url} on that server. ${sends}`,
    ...(endpointUrl?.startsWith('http:') ? ['The connection is not encrypted: others on the network can read what is sent.'] : []),
  ];
  if (await ask(`Connect ${name} to ${String(host)}?`, detail, 'Connect') === undefined) return false;
  await consents.give(at);
  return true;
}

/**
 * Does something with a remote that may be contacted; undefined when the person does not want that. Where remotes.json has come to name another place
 * since it was read, nothing was sent, and the person is asked about that one.
 */
export async function contact<T>(services: Services, remote: RemoteModel, work: (remote: RemoteModel) => Promise<T>): Promise<T | undefined> {
  if (!await mayContact(services, remote)) return undefined;
  try {
    return await work(remote);
  } catch (error) {
    if (!CoralError.is(error, 'conflict')) throw error;
    await services.model.repository(remote.root)?.refresh();
    const now = services.model.remote(remote.root, remote.name);
    if (now === undefined || now === remote) throw error;
    return contact(services, now, work);
  }
}
