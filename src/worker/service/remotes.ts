import { CoralError } from '../../core/errors';
import { Remote } from '../../core/remotes/remote';
import { RemoteConfig } from '../../core/remotes/remoteConfig';
import type { NewRemote, RemoteCheck, RemotesApi } from '../protocol/remotes';
import type { HandlersOf } from '../rpc';
import type { WorkerSession } from './session';

export function remotesHandlers(session: WorkerSession): HandlersOf<RemotesApi> {
  return {
    async readUrl({ url: typed }) {
      const { backend, url, endpointUrl } = RemoteConfig.fromUrl('remote', typed);
      return { backend, url, endpointUrl };
    },
    testRemote: (remote, { signal }) => testRemote(session, remote, signal),
    async addRemote({ root, name, url, region, endpointUrl }) {
      await (await session.open(root)).addRemote(name, { url, region, endpointUrl });
    },
    removeRemote: async ({ root, remote }) => (await session.open(root)).removeRemote(remote),
    async info(request, { signal }) {
      const repository = await session.open(request.root);
      await using remote = await repository.remote(request.remote, session.remoteOptions(request, signal));
      const { name, url, backend, credentialsSource, storageInfo } = await remote.getRemoteInfo(signal);
      return { name, url, backend, credentialsSource, storage: storageInfo, refs: await remote.fetchRefs(signal) };
    },
  };
}

/** The answer says what is wrong, so that the one who typed the URL can decide. */
async function testRemote(session: WorkerSession, request: NewRemote, signal: AbortSignal): Promise<RemoteCheck> {
  try {
    const { name, url, region, endpointUrl } = request;
    const config = RemoteConfig.fromUrl(name, url, { region, endpointUrl });
    await using remote = await Remote.fromConfig(config, session.remoteOptions(request, signal));
    const exists = await remote.exists(signal);
    return { reachable: true, exists, weights: exists ? (await remote.listRemoteWeights(signal)).length : 0 };
  } catch (error) {
    const known = CoralError.from(error, 'network');
    if (known.reason === 'cancelled') throw known;
    return { reachable: known.reason !== 'network', exists: false, weights: 0, error: known.toJSON() };
  }
}
