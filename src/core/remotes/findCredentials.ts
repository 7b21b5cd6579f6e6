import { backendNamed } from '../storage/backends';
import { type CredentialsChoice, type Environment, type FoundCredentials, keyPair } from '../storage/credentials';
import type { RemoteConfig } from './remoteConfig';

/**
 * The credentials of a remote, from the first source that has any: the caller, the remote's entry, the environment as its backend
 * reads it.
 */
export function findCredentials(config: RemoteConfig, given: CredentialsChoice | undefined, environment: Environment): FoundCredentials {
  const backend = backendNamed(config.backend);
  if (backend?.credentials.length === 0) return { credentials: undefined, source: 'none needed' };
  if (given !== undefined) return { credentials: given, source: givenSource(given) };
  const own = keyPair(config.accessKey, config.secretKey);
  if (own !== undefined) return { credentials: own, source: 'access_key in remotes.json' };
  return backend?.findCredentials?.(environment, config.endpointUrl) ?? { credentials: undefined, source: 'none found' };
}

/** The source of a remote's credentials: `MINIO_ACCESS_KEY in the environment`, `profile "dev"`; never a value. */
export function describeSource(config: RemoteConfig, given: CredentialsChoice | undefined, environment: Environment): string {
  return findCredentials(config, given, environment).source;
}

function givenSource(given: CredentialsChoice): string {
  if ('profile' in given) return `profile "${given.profile}"`;
  return 'anonymous' in given ? 'none: requests are not signed' : 'keys saved for this remote';
}
