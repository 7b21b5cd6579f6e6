import { realpath } from 'node:fs/promises';
import { readTextFile } from '../../core/base/files';
import { byteOrderMark } from '../../core/base/textEncoding';
import { testAccess } from '../../core/sync/testAccess';
import { bucketPolicy } from '../../core/remotes/bucketPolicy';
import { Remote } from '../../core/sync/remote';
import { RemoteConfig } from '../../core/remotes/remoteConfig';
import { maxRemotesBytes, type RemoteChanges } from '../../core/remotes/remotesFile';
import { type RemotesFinding, inspectRemotes } from '../../core/remotes/remotesFindings';
import { withFinalSlash } from '../../core/remotes/remoteUrl';
import { awsProfiles } from '../../core/storage/objects/s3/awsProfiles';
import type { KeysInFile, NewRemote, RemoteCheck, RemoteInfoAnswer, RemoteLocationText } from '../protocol/remotes';
import type { RemoteSummary } from '../protocol/repository';
import type { RemoteRequest } from '../protocol/status';
import type { HandlersOf } from '../rpc';
import { summaryOf } from './repository';
import type { WorkerSession } from './workerSession';

export interface RemotesApi {
  /**
   * What a URL typed by a person stands for, minio:// as s3:// with an endpoint; reason "invalid" says what is wrong with it. No network.
   */
  readUrl(request: { readonly url: string }): Promise<RemoteLocationText>;
  /** Names of the profiles in the AWS configuration files of this machine. */
  profiles(request: Record<string, never>): Promise<readonly string[]>;
  /** What an entry would stand for, and where its repository lies. No network. */
  describeRemote(remote: NewRemote): Promise<{ readonly realRoot: string; readonly summary: RemoteSummary }>;
  /** Asks the remote, and leaves nothing there. */
  testRemote(remote: NewRemote): Promise<RemoteCheck>;
  /** Makes the bucket or folder. */
  createRemote(remote: NewRemote): Promise<void>;
  addRemote(remote: NewRemote): Promise<void>;
  editRemote(request: { readonly root: string; readonly remote: string; readonly changes: RemoteChanges }): Promise<void>;
  renameRemote(request: { readonly root: string; readonly remote: string; readonly name: string }): Promise<void>;
  /** The least rights that a remote in a bucket needs, in the form that its servers read. */
  bucketPolicy(remote: Pick<NewRemote, 'name' | 'url' | 'endpointUrl'>): Promise<object>;
  /** The text of a remotes.json as an editor shows it, without a byte order mark; undefined for none, and for one that cannot be read. */
  readRemotesFile(request: { readonly path: string }): Promise<string | undefined>;
  /** What is to be said about the text of a remotes.json. */
  inspectRemotesFile(request: { readonly text: string }): Promise<readonly RemotesFinding[]>;
  keysInFile(request: { readonly root: string; readonly remote: string }): Promise<KeysInFile>;
  /** Takes these keys out of the file, in one step; reason "conflict" where the file holds others by now. */
  forgetKeysInFile(request: { readonly root: string; readonly remote: string; readonly keys: KeysInFile }): Promise<void>;
  removeRemote(request: { readonly root: string; readonly remote: string }): Promise<boolean>;
  info(request: RemoteRequest): Promise<RemoteInfoAnswer>;
}

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
      const { name, url, endpointUrl, accessKey, secretKey } = (await (await session.open(root)).remotes()).known(remote);
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
