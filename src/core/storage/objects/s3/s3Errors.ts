import { safeText } from '../../../../text/safeText';
import { CoralError, type Reason } from '../../../base/errors';
import { tooLong, tooSlow } from './boundedHandler';
import { type Patience, TransientError } from '../transientError';

/** Where a request went, as text for people. */
export interface S3Place {
  readonly bucket: string;
  /** "https://host:port" without user or password; undefined for AWS itself */
  readonly endpoint: string | undefined;
}

interface Meaning {
  readonly reason: Reason;
  /** @param seen what the SDK, or `boundedHandler`, says of it */
  readonly says: (place: S3Place, seen: string) => string;
  /** set where it may pass by itself */
  readonly patience?: Patience;
}

export function describe({ bucket, endpoint }: S3Place): string {
  return endpoint === undefined ? `s3://${bucket}` : `s3://${bucket} at ${endpoint}`;
}

const server = ({ endpoint }: S3Place): string => endpoint ?? 'AWS';

const refused: Meaning = { reason: 'auth', says: (at) => `${describe(at)} refused the credentials. Set the credentials of this remote.` };
const expired: Meaning = {
  reason: 'auth', says: (at) => `The credentials for ${describe(at)} have expired. Sign in again, or set new ones.`,
};
const noCredentials: Meaning = {
  reason: 'auth',
  says: (at) => `No credentials were found for ${describe(at)}. Set them with "Coral: Set Credentials", `
    + (at.endpoint === undefined ? 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' : 'MINIO_ACCESS_KEY and MINIO_SECRET_KEY') + ', or AWS_PROFILE.',
};
const skewed: Meaning = {
  reason: 'auth',
  says: (at) => `The clock of this computer differs too much from the clock of ${server(at)}. Set the time, then try again.`,
};
const denied: Meaning = {
  reason: 'denied', says: (at) => `These credentials have no permission for this on ${describe(at)}. Ask the owner of the bucket for it.`,
};
const noBucket: Meaning = {
  reason: 'missing',
  says: (at) => `The bucket "${at.bucket}" does not exist at ${server(at)}. Create it, or correct the URL of this remote.`,
};
const badBucket: Meaning = {
  reason: 'invalid', says: (at) => `"${at.bucket}" cannot be the name of a bucket. Correct the URL of this remote.`,
};
const taken: Meaning = {
  reason: 'denied', says: (at) => `The bucket "${at.bucket}" at ${server(at)} belongs to someone else. Choose another name.`,
};
const changed: Meaning = { reason: 'conflict', says: (at) => `Someone else wrote to ${describe(at)} at the same time. Try again.` };
const busy: Meaning = { reason: 'network', patience: 'long', says: (at) => `${server(at)} is too busy to answer. Try again later.` };
const failing: Meaning = {
  reason: 'network', patience: 'long', says: (at) => `${server(at)} failed to handle a request. Try again later.`,
};
const full: Meaning = { reason: 'full', says: (at) => `${describe(at)} is full or over its quota. Free some space, or ask for more.` };
const damaged: Meaning = {
  reason: 'network', patience: 'long', says: (at) => `${describe(at)} received other bytes than were sent. Try again.`,
};
const unsupported: Meaning = { reason: 'unsupported', says: (at) => `${server(at)} does not support this request.` };
const notS3: Meaning = {
  reason: 'invalid', says: (at) => `${server(at)} does not answer like an S3 server. Correct the endpoint of this remote.`,
};
const endless: Meaning = {
  reason: 'invalid',
  says: (at) => `${server(at)} answers with more than any S3 server would, so the rest was not read. `
    + 'Correct the endpoint of this remote.',
};
const slow: Meaning = {
  reason: 'network', patience: 'short',
  says: (at, seen) => `${server(at)} is too slow to go on: ${seen}. Check the connection and try again.`,
};
const elsewhere: Meaning = {
  reason: 'invalid',
  says: (at) => `The bucket "${at.bucket}" is not to be reached at ${server(at)} with this region. `
    + 'Correct the endpoint or the region of this remote.',
};
const untrusted: Meaning = {
  reason: 'network',
  says: (at) => `The certificate of ${server(at)} is not trusted by this computer. `
    + 'Add its authority to the trusted ones, or correct the endpoint.',
};
const unreachable = (why: string, patience: Patience = 'long'): Meaning => ({
  reason: 'network', patience,
  says: (at) => `No answer from ${server(at)} (${why}). Check the connection and the endpoint, then try again.`,
});

const byName: Readonly<Record<string, Meaning>> = {
  InvalidAccessKeyId: refused, SignatureDoesNotMatch: refused, InvalidSecurity: refused, InvalidToken: refused,
  UnrecognizedClientException: refused, InvalidClientTokenId: refused, AuthorizationQueryParametersError: refused,
  ExpiredToken: expired, ExpiredTokenException: expired, RequestExpired: expired, TokenRefreshRequired: expired,
  CredentialsProviderError: noCredentials, TokenProviderError: noCredentials,
  RequestTimeTooSkewed: skewed, RequestInTheFuture: skewed,
  AccessDenied: denied, Forbidden: denied, AllAccessDisabled: denied, AccountProblem: denied, UserSuspended: denied,
  NoSuchBucket: noBucket, InvalidBucketName: badBucket, BucketAlreadyExists: taken,
  NoSuchUpload: changed, InvalidPart: changed, EntityTooSmall: changed, PreconditionFailed: changed, ConditionalRequestConflict: changed,
  OperationAborted: changed,
  SlowDown: busy, ServiceUnavailable: busy, RequestLimitExceeded: busy, ThrottlingException: busy, TooManyRequestsException: busy,
  InternalError: failing, UnknownError: failing, RequestTimeout: unreachable('the upload stalled'),
  QuotaExceeded: full, EntityTooLarge: full, XMinioStorageFull: full, XMinioAdminBucketQuotaExceeded: full,
  BadDigest: damaged, InvalidDigest: damaged, XAmzContentSHA256Mismatch: damaged, IncompleteBody: damaged,
  NotImplemented: unsupported, MethodNotAllowed: notS3,
  PermanentRedirect: elsewhere, AuthorizationHeaderMalformed: elsewhere, IllegalLocationConstraintException: elsewhere,
  TimeoutError: unreachable('it took too long'), [tooLong]: endless, [tooSlow]: slow,
};

const byStatus: Readonly<Record<number, Meaning>> = {
  301: elsewhere, 307: elsewhere, 401: refused, 403: denied, 405: notS3, 409: changed, 412: changed,
  429: busy, 501: unsupported, 503: busy, 507: full,
};

const byCode: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: unreachable('connection refused', 'short'),
  ECONNRESET: unreachable('connection reset'), EPIPE: unreachable('connection reset'),
  ENOTFOUND: unreachable('no such host', 'short'), EAI_AGAIN: unreachable('name lookup failed', 'short'),
  EHOSTUNREACH: unreachable('no route to the host', 'short'),
  ENETUNREACH: unreachable('no network', 'short'), ENETDOWN: unreachable('no network', 'short'),
  ETIMEDOUT: unreachable('it took too long'), ERR_STREAM_PREMATURE_CLOSE: unreachable('connection reset'),
};

/** As S3 has them: "NoSuchBucket". What else stands in their place is not repeated. */
const errorCode = /^[A-Z][A-Za-z.]{2,49}$/;

/** CoralError for anything the SDK threw. Nothing of the request, and so no credential, is kept: only name, message and status. */
export function s3Error(error: unknown, place: S3Place): CoralError {
  if (CoralError.is(error)) return error;
  const { name = 'Error', message = String(error), code, status, retryAfter, clockCorrected } = facts(error);
  if (name === 'AbortError') return new CoralError('cancelled', 'Cancelled.');
  // The SDK calls a reset a timeout too.
  const late = name === 'TimeoutError' && code !== undefined ? connectionFailure(code) : undefined;
  const meaning = late ?? own(byName, name) ?? (code === undefined ? undefined : connectionFailure(code)) ?? byAnswer(status, message);
  const answer = status === undefined ? '' : ` (HTTP ${status})`;
  const cause = new Error(safeText(`${name}: ${message}${answer}`, 'error'));
  if (!meaning) {
    const what = errorCode.test(name) ? name : 'an error without a proper name';
    const why = message === '' || message === name ? '' : `, ${safeText(message, 'label')}`;
    return new CoralError('invalid', `${describe(place)} refused a request: ${what}${why}${why.endsWith('.') ? '' : '.'}`, {}, { cause });
  }
  // To an answer that it cannot read the SDK adds a hint of its own, in a line below.
  const sentence = meaning.says(place, message.split('\n', 1).join());
  const patience = meaning.patience ?? (clockCorrected ? 'long' : undefined);
  if (patience === undefined) return new CoralError(meaning.reason, sentence, {}, { cause });
  return new TransientError(meaning.reason, sentence, { patience, retryAfter }, {}, { cause });
}

/** For an answer that says 200 and lacks what every S3 server says: a login page in between, say. */
export function foreignAnswer(place: S3Place): CoralError {
  return new CoralError(notS3.reason, notS3.says(place, ''));
}

export function statusOf(error: unknown): number | undefined {
  return facts(error).status;
}

export function errorName(error: unknown): string | undefined {
  return facts(error).name;
}

/** A server may call its error "constructor". */
function own(meanings: Readonly<Record<string, Meaning>>, name: string): Meaning | undefined {
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}

function connectionFailure(code: string): Meaning | undefined {
  if (/CERT|SIGNED|ERR_TLS|UNABLE_TO_(GET|VERIFY)/.test(code)) return untrusted;
  if (/^HPE_|ERR_SSL|^EPROTO$/.test(code)) return notS3;
  return own(byCode, code);
}

function byAnswer(status: number | undefined, message: string): Meaning | undefined {
  if (status === undefined) return /socket hang up|aborted|premature close/i.test(message) ? unreachable('connection reset') : undefined;
  if (status < 300 || /deserialization error/i.test(message)) return status >= 500 ? failing : notS3;
  return byStatus[status] ?? (status >= 500 ? failing : undefined);
}

interface Facts {
  readonly name?: string | undefined;
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  /** milliseconds */
  readonly retryAfter?: number | undefined;
  /** The SDK now reckons with the server's clock, so that the next try will pass. */
  readonly clockCorrected?: boolean | undefined;
}

function facts(error: unknown): Facts {
  if (typeof error !== 'object' || error === null) return {};
  const { name, message, code, cause, errors, $metadata, $response } = error as {
    name?: string; message?: string; code?: string; cause?: unknown; errors?: unknown[];
    $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
    $response?: { statusCode?: number; headers?: Record<string, string> };
  };
  const inner = code ?? facts(cause).code ?? (errors ? facts(errors[0]).code : undefined);
  return {
    name, message, code: inner,
    status: $metadata?.httpStatusCode ?? $response?.statusCode,
    retryAfter: milliseconds($response?.headers?.['retry-after']),
    clockCorrected: $metadata?.clockSkewCorrected,
  };
}

/** Retry-After: seconds, or a date. */
function milliseconds(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
