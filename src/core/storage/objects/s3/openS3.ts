import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { rememberCredentials } from '../../../../text/redact';
import { CoralError } from '../../../base/errors';
import type { CredentialsChoice } from '../../credentials';
import type { ObjectAccess, ObjectLocation } from '../objectAccess';
import { agents } from '../agents';
import type { Conditions, ObjectStore } from '../objectStore';
import { stallMs } from '../pace';
import { BoundedHandler } from './boundedHandler';
import { environmentOrProfile, profile } from './environmentOrProfile';
import { S3Store } from './s3Store';

const connectMs = 10_000;

/** A bucket of Amazon S3, or of a server that speaks as it does. */
export async function openS3(location: ObjectLocation, access: ObjectAccess, concurrency: number): Promise<ObjectStore> {
  // VS Code chooses the version of Node, so that this warning would be of no use in a user's log.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const endpoint = endpointOf(location.endpointUrl);
  const client = new S3Client({
    region: location.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? await profileRegion(access),
    ...(endpoint ? { endpoint: endpoint.href, forcePathStyle: true } : { followRegionRedirects: true }),
    ignoreConfiguredEndpointUrls: true,
    ...(access.credentials ? identity(access.credentials) : endpoint && !isAws(endpoint) ? { credentials: environmentOrProfile } : {}),
    requestHandler: new BoundedHandler({
      // The SDK asks for an https.Agent by its type alone: a proxy's agent is none, and works.
      ...agents(access.network ?? {}, endpoint, concurrency) as { httpAgent: HttpAgent; httpsAgent: HttpsAgent },
      connectionTimeout: connectMs,
    }, access.stallMs ?? stallMs),
    // Each body is buffered and carries Content-MD5, which every server verifies; of the SDK's own checksums many know nothing.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    // `retrying` does that for every backend alike.
    maxAttempts: 1,
  });
  // It formats every request and answer for a logger, and there is none.
  client.middlewareStack.remove('loggerMiddleware');
  client.middlewareStack.add((next, context) => (request) => {
    rememberSigner(context);
    return next(request);
  }, { step: 'finalizeRequest' });
  const known: Conditions = endpoint ? { ifAbsent: false, ifMatch: 'none' } : { ifAbsent: true, ifMatch: 'quoted' };
  return new S3Store(client, { bucket: location.bucket, endpoint: endpoint?.origin }, { ...known, checksum: 'md5', userMetadata: true });
}

/**
 * Whatever a request is signed with, no text shows from now on, though the server may repeat it.
 * @param context the SDK's, of that request
 */
function rememberSigner(context: object): void {
  const { __smithy_context: known } = context as { __smithy_context?: { selectedHttpAuthScheme?: { identity?: object } } };
  rememberCredentials(known?.selectedHttpAuthScheme?.identity ?? {});
}

/** Whether an endpoint is AWS itself, reached through a private network: the roles of its machines are good there. */
function isAws({ hostname }: URL): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(hostname);
}

function identity(choice: CredentialsChoice): Pick<S3ClientConfig, 'credentials' | 'signer'> {
  if ('profile' in choice) return { credentials: profile(choice.profile) };
  if ('anonymous' in choice) {
    return { credentials: { accessKeyId: '', secretAccessKey: '' }, signer: { sign: (unsigned) => Promise.resolve(unsigned) } };
  }
  const { accessKeyId, secretAccessKey, sessionToken } = choice;
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

/** The region that the SDK finds in the profile, else the one that servers without regions take. */
async function profileRegion({ credentials }: ObjectAccess): Promise<string> {
  const probe = new S3Client(credentials && 'profile' in credentials ? { profile: credentials.profile } : {});
  try {
    return await probe.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    probe.destroy();
  }
}

function endpointOf(url: string | undefined): URL | undefined {
  if (url === undefined) return undefined;
  const endpoint = URL.canParse(url) ? new URL(url) : undefined;
  if (endpoint?.protocol !== 'http:' && endpoint?.protocol !== 'https:') {
    throw new CoralError('invalid', 'The endpoint of a remote must begin with http:// or https://. Correct the endpoint of this remote.');
  }
  if (endpoint.username || endpoint.password) {
    throw new CoralError(
      'invalid', 'The endpoint of a remote must not hold a user name or password. Take them out and set the credentials instead.');
  }
  return endpoint;
}
