import { realpath } from 'node:fs/promises';
import { readTextFile } from '../../core/base/files';
import { byteOrderMark } from '../../core/base/textEncoding';
import { testAccess } from '../../core/remotes/access';
import { bucketPolicy } from '../../core/remotes/bucketPolicy';
import { Remote } from '../../core/remotes/remote';
import { RemoteConfig } from '../../core/remotes/remoteConfig';
import { withFinalSlash } from '../../core/remotes/remoteUrl';
import { maxRemotesBytes } from '../../core/remotes/remotesFile';
import { inspectRemotes } from '../../core/remotes/remotesFindings';
import { awsProfiles } from '../../core/storage/objects/s3/awsProfiles';
import type { NewRemote, RemotesApi } from '../protocol/remotes';
import type { HandlersOf } from '../rpc';
import { summaryOf } from './repository';
import type { WorkerSession } from './session';

export function remotesHandlers(session: WorkerSession): HandlersOf<RemotesApi> {
  return {
    async readUrl({ url: typed }) {
      const { backend, url, endpointUrl } = RemoteConfig.fromUrl('remote', withFinalSlash(typed));
      return { backend, url, endpointUrl };
    },
    profiles: () => awsProfiles(process.env),
    async describeRemote({ root, ...remote }) {
      const summary = summaryOf(RemoteConfig.fromUrl(remote.name, withFinalSlash(remote.url), remote));
      return { realRoot: await realpath(root).catch(() => root), summary };
    },
    async testRemote(request, { signal }) {
      const { error, ...seen } = await testAccess(configOf(request), session.remoteOptions(request, signal));
      return { ...seen, error: error?.toJSON() };
    },
    async createRemote(request, { signal }) {
      await using remote = await Remote.fromConfig(configOf(request), session.remoteOptions(request, signal));
      await remote.create(signal);
    },
    async addRemote({ root, name, url, region, endpointUrl }) {
      await (await session.open(root)).addRemote(name, { url, region, endpointUrl });
    },
    async editRemote({ root, remote, changes }) {
      await (await session.open(root)).editRemote(remote, changes);
    },
    async renameRemote({ root, remote, name }) {
      await (await session.open(root)).renameRemote(remote, name);
    },
    removeRemote: async ({ root, remote }) => (await session.open(root)).removeRemote(remote),
    bucketPolicy: ({ name, url, endpointUrl }) => Promise.resolve(bucketPolicy(RemoteConfig.fromUrl(name, url, { endpointUrl }))),
    // What cannot be read is among the repository's problems.
    readRemotesFile: async ({ path }) => (await readTextFile(path, maxRemotesBytes).catch(() => undefined))?.replace(byteOrderMark, ''),
    inspectRemotesFile: ({ text }) => Promise.resolve(inspectRemotes(text)),
    async keysInFile({ root, remote }) {
      const remotes = await (await session.open(root)).remotes();
      const config = remotes.config(remote);
      if (config === undefined) throw remotes.missing(remote);
      const { name, url, endpointUrl, accessKey, secretKey } = config;
      return { name, url, endpointUrl, accessKey, secretKey };
    },
    async forgetKeysInFile({ root, remote, keys: { accessKey, secretKey } }) {
      await (await (await session.open(root)).remotes()).forgetKeys(remote, { accessKey, secretKey });
    },
    async info(request, { signal }) {
      const repository = await session.open(request.root);
      await using remote = await repository.remote(request.remote, session.remoteOptions(request, signal));
      const { name, url, backend, credentialsSource, storageInfo } = await remote.getRemoteInfo(signal);
      return { name, url, backend, credentialsSource, storage: storageInfo, refs: await remote.fetchRefs(signal) };
    },
  };
}

function configOf({ name, url, region, endpointUrl }: NewRemote): RemoteConfig {
  return RemoteConfig.fromUrl(name, url, { region, endpointUrl });
}
