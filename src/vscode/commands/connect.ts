import { hostOf } from '../endpointConsents';
import type { RemoteModel } from '../remoteModel';
import { ask } from '../say';
import type { Services } from '../services';

/** Whether the remote may be contacted; asks where the person was not asked yet. */
export async function mayContact({ consents }: Services, remote: RemoteModel): Promise<boolean> {
  const { root, name, summary } = remote;
  if (consents.isGiven(root, summary)) return true;
  const host = summary.endpointUrl === undefined ? summary.url : hostOf(summary.endpointUrl);
  const detail = [
    `.coral/remotes.json says that ${summary.url} lies there. Coral will send it requests signed with your credentials, and the weights you push.`,
    ...(summary.endpointUrl?.startsWith('http:') ? ['The connection is not encrypted: others on the network can read what is sent.'] : []),
  ];
  const picked = await ask(`Connect ${name} to ${host}?`, detail, 'Connect');
  if (picked) await consents.give(root, summary);
  return picked !== undefined;
}
