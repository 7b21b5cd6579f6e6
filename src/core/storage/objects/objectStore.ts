export interface ObjectInfo {
  readonly key: string;
  /** bytes */
  readonly size: number;
  /** opaque version tag, for `ifMatch` */
  readonly tag: string;
  /** milliseconds since 1970, by the server's clock */
  readonly modified?: number | undefined;
  /** user metadata, keys in lower case; from head and get only */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export interface ObjectBody extends ObjectInfo {
  /** Must be read to its end or destroyed by leaving the loop, which frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes from `start` up to but without `end`. */
export interface ByteRange { readonly start: number; readonly end: number }

export interface PutOptions {
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Only if no object has this key. */
  readonly ifAbsent?: boolean | undefined;
  /** Only if the object still has this tag, as head, get or put gave it. */
  readonly ifMatch?: string | undefined;
}

/** What a server can do, as data: nothing asks which backend this is. */
export interface Capabilities {
  readonly ifAbsent: boolean;
  readonly ifMatch: 'quoted' | 'unquoted' | 'generation' | 'none';
}

/**
 * The narrow seam a new backend fills. Keys are relative to the bucket. Errors are CoralErrors: "missing" for no such bucket,
 * "auth", "denied", "network"; a condition that does not hold is "conflict". Decorators (retrying, watchdog, limited) go around any of them.
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
  /**
   * Writes one object, all or nothing. A buffer goes as one request with Content-MD5; a stream goes as parts of 8 MiB or more,
   * each with Content-MD5, and is abandoned on error or abort, leaving no parts behind. The size is checked afterwards. Returns the new tag.
   */
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions, signal?: AbortSignal): Promise<string>;
  delete(keys: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Whether the bucket is there and may be listed; throws the reason when it may not. */
  bucketExists(signal?: AbortSignal): Promise<boolean>;
  createBucket(signal?: AbortSignal): Promise<void>;
  close(): void;
}
