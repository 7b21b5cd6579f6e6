import { checkAgreed } from './agreed';
import { BucketRemote } from './bucketRemote';
import { FolderRemote } from './folderRemote';
import type { RemoteConfig } from './remoteConfig';
import type { RemoteOptions, RemoteStore } from './remoteStore';

/** Opens any remote. Reason "unsupported" for an unknown backend, "invalid" for an unusable name, URL or endpoint. */
export async function openRemoteStore(config: RemoteConfig, options: RemoteOptions): Promise<RemoteStore> {
  if (options.agreed) checkAgreed(config, options.agreed, options.credentials);
  config.check();
  const { location } = config;
  return location.kind === 'folder' ? FolderRemote.open(location.folder, options) : BucketRemote.open(config, location, options);
}
