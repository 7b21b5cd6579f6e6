import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, DeleteObjectCommand,
  DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import { CoralError, throwIfCancelled } from '../../../base/errors';
import { md5Of } from '../checksum';
import { ListingProgress } from '../listingProgress';
import type {
  ByteRange, Capabilities, ObjectBody, ObjectInfo, ObjectStore, PutOptions, Upload, UploadOptions, UploadStart, Written,
} from '../objectStore';
import { checksumOf, type Encryption, unquoted } from './entityTag';
import { describe, foreignAnswer, errorName, s3Error, type S3Place, statusOf } from './s3Errors';
import { S3Upload } from './s3Upload';
import { type CutOff, cutOffUpload, forgetUploads, request } from './s3Uploads';

const keysPerDelete = 1000;

/** One bucket of an S3 server, a request a call; `connect` puts retries, limits and the watchdog around it. */
export class S3Store implements ObjectStore {
  readonly location: string;
  readonly capabilities: Capabilities;
  readonly #client: S3Client;
  readonly #place: S3Place;
  /** Ceph and some others compare If-Match with the bare tag. */
  #quotedTags = true;

  constructor(client: S3Client, place: S3Place, capabilities: Capabilities) {
    this.#client = client;
    this.#place = place;
    this.capabilities = capabilities;
    this.location = describe(place);
    addContentMd5ToDeletes(client);
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const progress = new ListingProgress(this.location, prefix);
    let token: string | undefined;
    do {
      throwIfCancelled(signal);
      const command = new ListObjectsV2Command({ Bucket: this.#place.bucket, Prefix: prefix, ContinuationToken: token });
      const page = await this.#ask(() => this.#client.send(command, request(signal)));
      this.#expect(page.Name);
      progress.page(page.Contents?.[0]?.Key, page.Contents?.length ?? 0);
      for (const { Key: key, Size: size = 0, ETag: tag = '', LastModified: modified } of page.Contents ?? []) {
        if (key !== undefined) yield { key, size, tag, ...checksumOf(tag), modified: modified?.getTime() };
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    const command = new HeadObjectCommand({ Bucket: this.#place.bucket, Key: key });
    try {
      const answer = await this.#client.send(command, request(signal));
      this.#expect(answer.ETag);
      return infoOf(key, answer, answer.ContentLength ?? 0);
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw await this.#explained(error, signal);
    }
  }

  async get(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ObjectBody | undefined> {
    const Range = range && `bytes=${range.start}-${range.end - 1}`;
    const command = new GetObjectCommand({ Bucket: this.#place.bucket, Key: key, Range });
    try {
      const answer = await this.#client.send(command, request(signal));
      if (range && range.start > 0 && answer.ContentRange === undefined) {
        (answer.Body as Readable).destroy();
        throw new CoralError('unsupported', `${this.location} ignores the range of a request, so large weights cannot be read from it.`);
      }
      const size = Number(answer.ContentRange?.split('/')[1] ?? answer.ContentLength ?? 0);
      const body = this.#bodyOf(answer.Body as Readable, signal);
      return { ...infoOf(key, answer, size), body: range ? firstBytes(body, range.end - range.start) : body };
    } catch (error) {
      if (errorName(error) === 'NoSuchKey') return undefined;
      if (statusOf(error) === 416) return this.#emptyRange(key, signal);
      throw s3Error(error, this.#place);
    }
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}, signal?: AbortSignal): Promise<Written> {
    try {
      return await this.#put(key, bytes, options, signal);
    } catch (error) {
      const unchanged = options.ifMatch !== undefined && this.#quotedTags && CoralError.is(error, 'conflict')
        && (await this.head(key, signal))?.tag === options.ifMatch;
      if (!unchanged) throw error;
      const written = await this.#put(key, bytes, { ...options, ifMatch: unquoted(options.ifMatch) }, signal);
      this.#quotedTags = false;
      return written;
    }
  }

  async upload(key: string, options: UploadStart = {}, signal?: AbortSignal): Promise<Upload> {
    const cutOff = options.fresh ? undefined : await this.#cutOff(key, signal);
    const target = { Bucket: this.#place.bucket, Key: key, UploadId: cutOff?.id ?? await this.#begin(key, options, signal) };
    return new S3Upload({
      held: cutOff?.parts ?? new Map(),
      part: async (number, bytes, stop) => {
        const part = new UploadPartCommand({
          ...target, PartNumber: number, Body: bytes, ContentLength: bytes.byteLength, ContentMD5: md5(bytes),
        });
        return this.#expect((await this.#ask(() => this.#client.send(part, request(stop)))).ETag);
      },
      complete: async (tags, stop) => {
        const Parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
        await this.#client.send(new CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts } }), request(stop));
      },
      abort: async () => { await this.#client.send(new AbortMultipartUploadCommand(target)); },
      tagNow: async (stop) => (await this.head(key, stop))?.tag,
      translated: (error) => s3Error(error, this.#place),
    });
  }

  async forgetUploads(prefix: string, before: number, signal?: AbortSignal): Promise<void> {
    try {
      await forgetUploads({ client: this.#client, bucket: this.#place.bucket }, prefix, before, signal);
    } catch {
      // Not every server lists uploads, and not everyone may: they only take space.
      throwIfCancelled(signal);
    }
  }

  async delete(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    const [only, ...others] = keys;
    if (only !== undefined && others.length === 0) {
      // Ceph asks for rights to the whole bucket where several keys may be deleted at once.
      const command = new DeleteObjectCommand({ Bucket: this.#place.bucket, Key: only });
      await this.#ask(() => this.#client.send(command, request(signal)));
      return;
    }
    for (let start = 0; start < keys.length; start += keysPerDelete) {
      const Objects = keys.slice(start, start + keysPerDelete).map((Key) => ({ Key }));
      const command = new DeleteObjectsCommand({ Bucket: this.#place.bucket, Delete: { Objects, Quiet: true } });
      const { Errors: [failed] = [] } = await this.#ask(() => this.#client.send(command, request(signal)));
      if (failed) throw s3Error(Object.assign(new Error(failed.Message ?? ''), { name: failed.Code ?? 'Error' }), this.#place);
    }
  }

  async bucketExists(signal?: AbortSignal): Promise<boolean> {
    // A listing, as HEAD answers have no body to say why not.
    const command = new ListObjectsV2Command({ Bucket: this.#place.bucket, MaxKeys: 1 });
    try {
      this.#expect((await this.#client.send(command, request(signal))).Name);
      return true;
    } catch (error) {
      if (errorName(error) === 'NoSuchBucket') return false;
      throw s3Error(error, this.#place);
    }
  }

  async createBucket(signal?: AbortSignal): Promise<void> {
    const region = await this.#client.config.region();
    const located = this.#place.endpoint === undefined && region !== 'us-east-1';
    const command = new CreateBucketCommand({
      Bucket: this.#place.bucket,
      ...(located ? { CreateBucketConfiguration: { LocationConstraint: region as never } } : {}),
    });
    try {
      await this.#client.send(command, request(signal));
    } catch (error) {
      if (errorName(error) === 'BucketAlreadyOwnedByYou') return;
      // Some servers say this of one's own bucket too.
      if (errorName(error) === 'BucketAlreadyExists' && await this.bucketExists(signal).catch(() => false)) return;
      throw s3Error(error, this.#place);
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #begin(key: string, { contentType, metadata }: UploadOptions, signal: AbortSignal | undefined): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      Bucket: this.#place.bucket, Key: key, ContentType: contentType, Metadata: { ...metadata },
    });
    return this.#expect((await this.#ask(() => this.#client.send(command, request(signal)))).UploadId);
  }

  async #cutOff(key: string, signal: AbortSignal | undefined): Promise<CutOff | undefined> {
    try {
      return await cutOffUpload({ client: this.#client, bucket: this.#place.bucket }, key, signal);
    } catch {
      throwIfCancelled(signal);
      return undefined;
    }
  }

  async #put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal | undefined): Promise<Written> {
    const { ifMatch } = options;
    const command = new PutObjectCommand({
      Bucket: this.#place.bucket, Key: key, Body: bytes, ContentLength: bytes.byteLength, ContentMD5: md5(bytes),
      ContentType: options.contentType, Metadata: { ...options.metadata },
      IfNoneMatch: options.ifAbsent ? '*' : undefined,
      IfMatch: ifMatch === undefined || this.#quotedTags ? ifMatch : unquoted(ifMatch),
    });
    const answer = await this.#ask(() => this.#client.send(command, request(signal)));
    const tag = this.#expect(answer.ETag);
    return { tag, ...checksumOf(tag, answer) };
  }

  async #ask<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      throw s3Error(error, this.#place);
    }
  }

  /** What every S3 server says with success; a page that asks to log in to the network does not. */
  #expect(value: string | undefined): string {
    if (value === undefined) throw foreignAnswer(this.#place);
    return value;
  }

  /** Answers to HEAD have no body: asks for the reason with a request that has one. */
  async #explained(error: unknown, signal: AbortSignal | undefined): Promise<CoralError> {
    if (statusOf(error) === 400 || statusOf(error) === 403) await this.bucketExists(signal);
    return s3Error(error, this.#place);
  }

  async #emptyRange(key: string, signal: AbortSignal | undefined): Promise<ObjectBody | undefined> {
    const info = await this.head(key, signal);
    return info && { ...info, body: nothing() };
  }

  async *#bodyOf(body: Readable, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    try {
      for await (const block of body) yield block as Uint8Array;
    } catch (error) {
      throwIfCancelled(signal);
      throw s3Error(error, this.#place);
    } finally {
      body.destroy();
    }
  }
}

async function* nothing(): AsyncIterable<Uint8Array> { /* an empty body */ }

/** For servers that answer with the whole object where only a part was asked for, or with more than there is. */
async function* firstBytes(body: AsyncIterable<Uint8Array>, length: number): AsyncIterable<Uint8Array> {
  let left = length;
  for await (const block of body) {
    yield block.subarray(0, left);
    left -= block.byteLength;
    if (left <= 0) return;
  }
}

const md5 = (bytes: Uint8Array): string => md5Of(bytes).toString('base64');

interface Answer extends Encryption {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly Metadata?: Record<string, string> | undefined;
}

function infoOf(key: string, { ETag: tag = '', LastModified, Metadata: metadata = {}, ...encryption }: Answer, size: number): ObjectInfo {
  return { key, size, tag, ...checksumOf(tag, encryption), modified: LastModified?.getTime(), metadata };
}

/** Older servers insist on it where the SDK sends a CRC32 only. */
function addContentMd5ToDeletes(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) => (args) => {
      const { body, headers } = args.request as { body?: unknown; headers: Record<string, string> };
      if (commandName === 'DeleteObjectsCommand' && typeof body === 'string') headers['content-md5'] = md5(Buffer.from(body));
      return next(args);
    },
    { step: 'build', name: 'coralContentMd5', override: true },
  );
}
