import { checkAgreed } from './agreed';
import { BucketRemote } from './bucketRemote';
import { FolderRemote } from './folderRemote';
import type { RemoteConfig } from './remoteConfig';
import type { RemoteOptions, RemoteStore } from './remoteStore';

/** Opens every remote. Reason "unsupported" for a backend that is not known, "invalid" for a name, URL or endpoint that makes no sense. */
export async function openRemoteStore(config: RemoteConfig, options: RemoteOptions): Promise<RemoteStore> {
  if (options.agreed) checkAgreed(config, options.agreed, options.credentials);
  config.check();
  const { location } = config;
  return location.kind === 'folder' ? FolderRemote.open(location.folder, options) : BucketRemote.open(config, location, options);
}
