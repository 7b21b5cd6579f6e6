import type { Checksum } from './checksum';

/**
 * What a write made: the new tag, and a checksum where the server says one. A backend gives an `md5` or `crc32c` only as the server's
 * word on the bytes it holds, never as computed here. One that is the same as that of other bytes proves that they are the same; one
 * that differs proves nothing, since a server may not say what it means by it (a listing of an S3 bucket that is encrypted with KMS).
 */
export interface Written extends Checksum {
  /** Opaque: it may be handed back as `ifMatch`, and be the same or not; only the backend reads it. */
  readonly tag: string;
}

export interface ObjectInfo extends Written {
  readonly key: string;
  /** bytes of the whole object, also where only a range of it was asked for */
  readonly size: number;
  /** milliseconds since 1970, by the server's clock */
  readonly modified?: number | undefined;
  /** user metadata, keys in lower case; from head and get only */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The most that S3 takes: 10,000 parts of 5 GiB. */
const maxObjectBytes = 10_000 * 5 * 1024 ** 3;

/** A size as listed by a server; undefined when no object can be that large, so that nothing is computed from it. */
export function believable(size: number): number | undefined {
  return Number.isSafeInteger(size) && size >= 0 && size <= maxObjectBytes ? size : undefined;
}

export interface ObjectBody extends ObjectInfo {
  /** Must be read to its end or destroyed by leaving the loop, which frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes from `start` up to but without `end`; what lies past the end of the object is left out. */
export interface ByteRange { readonly start: number; readonly end: number }

export interface UploadOptions {
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface UploadStart extends UploadOptions {
  /** Start over instead of resuming an interrupted upload of this key. */
  readonly fresh?: boolean | undefined;
}

export interface PutOptions extends UploadOptions {
  /** Only if no object has this key. */
  readonly ifAbsent?: boolean | undefined;
  /** Only if the object still has this tag, as head, get or put gave it. */
  readonly ifMatch?: string | undefined;
}

/** An object on its way in parts; nothing can be seen of it before `complete`. */
export interface Upload {
  /** The tag of a part that the server holds, with just these bytes, from an upload that was cut off: it need not be sent again. */
  holds(number: number, bytes: Uint8Array): string | undefined;
  /**
   * Sends one part with Content-MD5; returns its tag. `number` counts from 1, up to 10,000; all parts but the last have at least 5 MiB.
   * They are begun in order, several under way.
   */
  part(number: number, bytes: Uint8Array, signal?: AbortSignal): Promise<string>;
  /** Makes the object visible, from the tags of all parts in order. */
  complete(tags: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Leaves no part behind. To be called once no part is under way. */
  abort(): Promise<void>;
}

/** The conditions of a put that a server is known to keep. Where it is not known, `probeConditions` finds out. */
export interface Conditions {
  readonly ifAbsent: boolean;
  readonly ifMatch: 'quoted' | 'unquoted' | 'generation' | 'none';
}

/** What a server does, as data: nothing asks which backend this is. */
export interface Capabilities extends Conditions {
  /** which of an object's checksums it says, if any: its own of those written in one request, `partsMd5` or `crc32c` of the others */
  readonly checksum: 'md5' | 'crc32c' | 'none';
  /** whether it keeps the metadata that an object was written with */
  readonly userMetadata: boolean;
}

/**
 * The narrow seam a new backend fills. Keys are relative to the bucket. Errors are CoralErrors: "missing" for no such bucket,
 * "auth", "denied", "network"; a condition that does not hold is "conflict". `connect` puts the decorators around any.
 */
export interface ObjectStore {
  /** The endpoint and bucket as text for people and error messages: "s3://bucket at http://127.0.0.1:9000". */
  readonly location: string;
  readonly capabilities: Capabilities;
  /** Objects whose key starts with `prefix`, in key order. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo>;
  /** undefined when there is no such object. */
  head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined>;
  /** undefined when there is no such object. */
  get(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ObjectBody | undefined>;
  /** Writes one object in one request with Content-MD5, all or nothing. */
  put(key: string, bytes: Uint8Array, options?: PutOptions, signal?: AbortSignal): Promise<Written>;
  /**
   * Begins an object too large for one request, or resumes one that a killed process left; `sendObject` drives it. Two that
   * resume the same upload may end it for each other: "conflict", and then it must begin `fresh`.
   */
  upload(key: string, options?: UploadStart, signal?: AbortSignal): Promise<Upload>;
  /** Has the server forget what was sent of uploads below `prefix` of which nothing has come since `before`, in ms since 1970. */
  forgetUploads(prefix: string, before: number, signal?: AbortSignal): Promise<void>;
  delete(keys: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Whether the bucket is there and may be listed; throws the reason when it may not. */
  bucketExists(signal?: AbortSignal): Promise<boolean>;
  createBucket(signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Discards a body that is not needed, which frees its connection. */
export async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
}
