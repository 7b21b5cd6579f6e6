import { backendOf } from '../../core/storage/backends';
import type { Consents, RemotePlace } from '../model/consents';
import type { RemoteModel } from '../model/remoteModel';
import { ask } from '../ui/say';

/** Whether the remote may be contacted; asks where the person was not asked yet. */
export async function mayContact(consents: Consents, remote: RemoteModel): Promise<boolean> {
  return mayContactPlace(consents, remote.at, async () => remote.call('credentialsSource', {}));
}

/** The same for a place that a remote is about to get. */
export async function mayContactPlace(consents: Consents, at: RemotePlace, credentialsSource: () => Promise<string>): Promise<boolean> {
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
