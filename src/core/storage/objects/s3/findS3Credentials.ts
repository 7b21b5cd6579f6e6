import { type Environment, type FoundCredentials, keyPair } from '../../credentials';

/** MINIO_ACCESS_KEY and MINIO_SECRET_KEY where a remote has an endpoint, else what the SDK finds: said here, looked for by the SDK. */
export function findS3Credentials(environment: Environment, endpointUrl: string | undefined): FoundCredentials {
  const minio = endpointUrl === undefined ? undefined : keyPair(environment['MINIO_ACCESS_KEY'], environment['MINIO_SECRET_KEY']);
  if (minio !== undefined) return { credentials: minio, source: 'MINIO_ACCESS_KEY in the environment' };
  return { credentials: undefined, source: sdkSource(environment) };
}

/** A profile that is asked for by name wins over keys in the environment. */
function sdkSource(environment: Environment): string {
  const profile = environment['AWS_PROFILE'];
  if (profile) return `profile "${profile}"`;
  if (environment['AWS_ACCESS_KEY_ID'] && environment['AWS_SECRET_ACCESS_KEY']) return 'AWS_ACCESS_KEY_ID in the environment';
  return 'profile "default", or what else the AWS default chain finds';
}
