import { CoralError } from '../base/errors';
import { backendNamed } from '../storage/backends';
import type { RemoteConfig } from './remoteConfig';

/**
 * The least rights that Coral needs on a remote's bucket, as a policy that its owner can apply; reason "unsupported" where the
 * backend has none.
 */
export function bucketPolicy(config: RemoteConfig): object {
  const { location } = config;
  const policy = location.kind === 'bucket' ? backendNamed(location.backend)?.policy : undefined;
  if (location.kind !== 'bucket' || policy === undefined) {
    throw new CoralError(
      'unsupported', `Only remotes in an S3 bucket have such a policy; ${config.name} is at ${config.url}.`, { remote: config.name });
  }
  // The last form of the prefix is the shortest, without its slash, and covers both.
  return policy(location.bucket, location.prefixes.includes('') ? '' : location.prefixes.at(-1) ?? '');
}
