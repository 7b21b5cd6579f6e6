import type { RemoteConfig } from './remoteConfig';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Credentials that lie elsewhere: a profile of the AWS configuration files, or none, for a bucket that is open to all. */
export type CredentialsChoice = Credentials | { readonly profile: string } | { readonly anonymous: true };

export type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundCredentials {
  /** undefined leaves it to the SDK: AWS_* variables, profiles and whatever else its default chain knows */
  readonly credentials: CredentialsChoice | undefined;
  /** where they come from, for people; never a value */
  readonly source: string;
}

/**
 * The credentials for a remote, the first of: given by the caller; in the remote's entry; MINIO_ACCESS_KEY and MINIO_SECRET_KEY
 * when it has an endpoint; the SDK's default chain.
 */
export function findCredentials(config: RemoteConfig, given: CredentialsChoice | undefined, environment: Environment): FoundCredentials {
  if (config.backend === 'file') return { credentials: undefined, source: 'none needed' };
  if (given !== undefined) return { credentials: given, source: givenSource(given) };
  const own = pair(config.accessKey, config.secretKey);
  if (own !== undefined) return { credentials: own, source: 'access_key in remotes.json' };
  const minio = config.endpointUrl === undefined ? undefined : pair(environment['MINIO_ACCESS_KEY'], environment['MINIO_SECRET_KEY']);
  if (minio !== undefined) return { credentials: minio, source: 'MINIO_ACCESS_KEY in the environment' };
  return { credentials: undefined, source: chainSource(environment) };
}

/** Where a remote's credentials come from: `MINIO_ACCESS_KEY in the environment`, `profile "dev"`; never a value. */
export function describeSource(config: RemoteConfig, given: CredentialsChoice | undefined, environment: Environment): string {
  return findCredentials(config, given, environment).source;
}

function givenSource(given: CredentialsChoice): string {
  if ('profile' in given) return `profile "${given.profile}"`;
  return 'anonymous' in given ? 'none: requests are not signed' : 'keys saved for this remote';
}

function pair(accessKeyId: string | undefined, secretAccessKey: string | undefined): Credentials | undefined {
  return accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
}

/** What the SDK's chain will take first: a profile that is asked for by name wins over keys in the environment. */
function chainSource(environment: Environment): string {
  const profile = environment['AWS_PROFILE'];
  if (profile) return `profile "${profile}"`;
  if (environment['AWS_ACCESS_KEY_ID'] && environment['AWS_SECRET_ACCESS_KEY']) return 'AWS_ACCESS_KEY_ID in the environment';
  return 'profile "default", or what else the AWS default chain finds';
}
