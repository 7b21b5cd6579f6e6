import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { rememberCredentials } from '../../../text/redact';
import { CoralError } from '../../errors';
import { agents, type NetworkSettings } from './agents';
import { limited } from './decorators/limited';
import { logged, type OnRequest } from './decorators/logged';
import type { Conditions, ObjectStore } from './objectStore';
import { stallMs } from './pace';
import { defaultPolicy, retrying, type RetryPolicy } from './decorators/retrying';
import { watchdog } from './decorators/watchdog';

export type { NetworkSettings } from './agents';

export interface ObjectLocation {
  readonly backend: 's3' | 'gcs' | 'azure';
  readonly bucket: string;
  readonly region?: string | undefined;
  /** http:// or https:// address of the server; absent for the backend's own */
  readonly endpointUrl?: string | undefined;
}

export interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Keys, the name of a profile in the AWS configuration files, or none, for a bucket that is open to all. */
export type AccessChoice = AccessKeys | { readonly profile: string } | { readonly anonymous: true };

export interface ObjectAccess {
  /** Absent: the backend's own search (environment, profile, ...), which asks no cloud about this machine unless the server is that cloud's. */
  readonly credentials?: AccessChoice | undefined;
  readonly network?: NetworkSettings | undefined;
  /** requests at once; fewer are made where their bodies are large */
  readonly concurrency?: number | undefined;
  /** told of each request, in a line without secrets */
  readonly onRequest?: OnRequest | undefined;
  /** other patience than usual: fewer tries for a look that should fail soon */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** milliseconds without substantial progress after which a request is given up; 30,000 */
  readonly stallMs?: number | undefined;
}

export const defaultConcurrency = 64;
const connectMs = 10_000;

/** A store that is ready for use: it retries, limits itself and notices a stall. Sends nothing yet. */
export async function connect(location: ObjectLocation, access: ObjectAccess = {}): Promise<ObjectStore> {
  const concurrency = access.concurrency ?? defaultConcurrency;
  const bare = await backend(location, access, concurrency);
  const store = access.onRequest ? logged(bare, access.onRequest) : bare;
  return limited(retrying(watchdog(store, access.stallMs), { ...defaultPolicy, ...access.retry }), concurrency);
}

function backend(location: ObjectLocation, access: ObjectAccess, concurrency: number): Promise<ObjectStore> {
  if (location.backend === 's3') return s3(location, access, concurrency);
  const name = location.backend === 'gcs' ? 'Google Cloud Storage' : 'Azure Blob Storage';
  throw new CoralError('unsupported', `Coral for VS Code cannot reach ${name} yet. Use an s3://, minio:// or file:// remote.`);
}

async function s3(location: ObjectLocation, access: ObjectAccess, concurrency: number): Promise<ObjectStore> {
  // VS Code chooses the version of Node, so that this warning would be of no use in a user's log.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const [{ S3Client }, { BoundedHandler }, { S3Store }, { environmentOrProfile, profile }] = await Promise.all([
    import('@aws-sdk/client-s3'), import('./s3/boundedHandler'), import('./s3/s3Store'), import('./s3/environmentOrProfile'),
  ]);
  const endpoint = endpointOf(connectedEndpoint(location.endpointUrl, process.env));
  const client = new S3Client({
    region: location.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? await profileRegion(S3Client, access),
    ...(endpoint ? { endpoint: endpoint.href, forcePathStyle: true } : { followRegionRedirects: true }),
    ignoreConfiguredEndpointUrls: true,
    ...(access.credentials ? identity(access.credentials, profile) : endpoint && !isAws(endpoint) ? { credentials: environmentOrProfile } : {}),
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

/** Whatever a request is signed with, no text shows from now on, though the server may repeat it. @param context the SDK's, of that request */
function rememberSigner(context: object): void {
  const { __smithy_context: known } = context as { __smithy_context?: { selectedHttpAuthScheme?: { identity?: object } } };
  rememberCredentials(known?.selectedHttpAuthScheme?.identity ?? {});
}

/** The server that requests for an S3 bucket go to: what is given, else what the environment names; undefined for Amazon's own. */
export function connectedEndpoint(given: string | undefined, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return given ?? (environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'] || undefined);
}

/** Whether an endpoint is AWS itself, reached through a private network: the roles of its machines are good there. */
function isAws({ hostname }: URL): boolean {
  return /\.amazonaws\.com(\.cn)?$/.test(hostname);
}

type Identity = Pick<S3ClientConfig, 'credentials' | 'signer'>;

function identity(choice: AccessChoice, profile: (name: string) => NonNullable<Identity['credentials']>): Identity {
  if ('profile' in choice) return { credentials: profile(choice.profile) };
  if ('anonymous' in choice) return { credentials: { accessKeyId: '', secretAccessKey: '' }, signer: { sign: (unsigned) => Promise.resolve(unsigned) } };
  const { accessKeyId, secretAccessKey, sessionToken } = choice;
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

/** The region that the SDK finds in the profile, else the one that servers without regions take. */
async function profileRegion(Client: typeof import('@aws-sdk/client-s3').S3Client, { credentials }: ObjectAccess): Promise<string> {
  const probe = new Client(credentials && 'profile' in credentials ? { profile: credentials.profile } : {});
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
    throw new CoralError('invalid', 'The endpoint of a remote must not hold a user name or password. Take them out and set the credentials instead.');
  }
  return endpoint;
}
