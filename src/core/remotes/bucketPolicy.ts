import { CoralError } from '../errors';
import { backendNamed } from '../storage/backends';
import type { RemoteConfig } from './remoteConfig';

/** The least rights that Coral needs of a remote's bucket, for whoever may give them; reason "unsupported" where there is no such thing. */
export function bucketPolicy(config: RemoteConfig): object {
  const { location } = config;
  const policy = location.kind === 'bucket' ? backendNamed(location.backend)?.policy : undefined;
  if (location.kind !== 'bucket' || policy === undefined) {
    throw new CoralError(
      'unsupported', `Only remotes in an S3 bucket have such a policy; ${config.name} is at ${config.url}.`, { remote: config.name });
  }
  // The last form is the shortest: it covers both meanings of a prefix without a slash.
  return policy(location.bucket, location.prefixes.includes('') ? '' : location.prefixes.at(-1) ?? '');
}
