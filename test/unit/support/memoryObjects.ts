import { createHash } from 'node:crypto';
import { CoralError, throwIfCancelled } from '../../../src/core/base/errors';
import { type Checksum, crc32cOf } from '../../../src/core/storage/objects/checksum';
import type {
  ByteRange, Capabilities, Conditions, ObjectBody, ObjectInfo, ObjectStore, PutOptions, Upload, UploadOptions, Written,
} from '../../../src/core/storage/objects/objectStore';

interface Stored {
  readonly bytes: Uint8Array;
  readonly tag: string;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const blockBytes = 64 * 1024;

/** Objects in memory. What `capabilities` promises is kept; a put may be watched, failed or delayed by `beforePut`. */
export class MemoryObjects implements ObjectStore {
  readonly location: string;
  readonly capabilities: Capabilities;
  readonly objects = new Map<string, Stored>();
  /** whether conditions are really kept, whatever `capabilities` says */
  readonly keepsConditions: boolean;
  beforePut: ((key: string) => Promise<void> | void) | undefined;
  puts = 0;
  bucket: boolean;
  #versions = 0;

  constructor(
    capabilities: Conditions & Partial<Capabilities>, keepsConditions = capabilities.ifAbsent, location = `memory ${Math.random()}`, bucket = true,
  ) {
    this.capabilities = { checksum: 'md5', userMetadata: true, ...capabilities };
    this.keepsConditions = keepsConditions;
    this.location = location;
    this.bucket = bucket;
  }

  async* list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    this.#begin(signal);
    for (const key of [...this.objects.keys()].filter((other) => other.startsWith(prefix)).sort()) yield this.#info(key, this.objects.get(key)!);
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    this.#begin(signal);
    await new Promise(setImmediate);
    const stored = this.objects.get(key);
    return stored && this.#info(key, stored);
  }

  async get(key: string, { start, end }: Partial<ByteRange> = {}, signal?: AbortSignal): Promise<ObjectBody | undefined> {
    const info = await this.head(key, signal);
    const bytes = this.objects.get(key)?.bytes.subarray(start, end);
    return info && bytes && { ...info, body: blocksOf(bytes, signal) };
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions = {}, signal?: AbortSignal): Promise<Written> {
    this.#begin(signal);
    await this.beforePut?.(key);
    await new Promise(setImmediate);
    const { ifAbsent, ifMatch } = options;
    const tag = this.objects.get(key)?.tag;
    if (this.keepsConditions && ((ifAbsent && tag !== undefined) || (ifMatch !== undefined && ifMatch !== tag))) {
      throw new CoralError('conflict', `${key} has changed.`);
    }
    this.puts += 1;
    return this.#info(key, this.#store(key, Uint8Array.from(bytes), options));
  }

  async upload(key: string, options?: UploadOptions, signal?: AbortSignal): Promise<Upload> {
    this.#begin(signal);
    const parts: Uint8Array[] = [];
    return {
      holds: () => undefined,
      part: (number, bytes, stop) => {
        throwIfCancelled(stop);
        parts[number - 1] = Uint8Array.from(bytes);
        return Promise.resolve(String(number));
      },
      complete: async (tags, stop) => {
        throwIfCancelled(stop);
        this.#store(key, Buffer.concat(tags.map((tag) => parts[Number(tag) - 1]!)), options);
      },
      abort: () => Promise.resolve(),
    };
  }

  forgetUploads(): Promise<void> {
    return Promise.resolve();
  }

  async delete(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    this.#begin(signal);
    for (const key of keys) this.objects.delete(key);
  }

  async bucketExists(signal?: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    return this.bucket;
  }

  createBucket(): Promise<void> {
    this.bucket = true;
    return Promise.resolve();
  }

  close(): void {
    // Nothing is held.
  }

  #begin(signal: AbortSignal | undefined): void {
    throwIfCancelled(signal);
    if (!this.bucket) throw new CoralError('missing', 'There is no such bucket.');
  }

  #store(key: string, bytes: Uint8Array, { metadata }: UploadOptions = {}): Stored {
    const stored = { bytes, tag: `version ${this.#versions += 1}`, ...(this.capabilities.userMetadata && { metadata }) };
    this.objects.set(key, stored);
    return stored;
  }

  #info(key: string, { bytes, tag, metadata }: Stored): ObjectInfo {
    return { key, size: bytes.byteLength, tag, metadata, ...this.#checksum(bytes) };
  }

  #checksum(bytes: Uint8Array): Checksum {
    const { checksum } = this.capabilities;
    if (checksum === 'crc32c') return { crc32c: crc32cOf(bytes) };
    return checksum === 'md5' ? { md5: createHash('md5').update(bytes).digest('hex') } : {};
  }
}

async function* blocksOf(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += blockBytes) {
    throwIfCancelled(signal);
    yield bytes.subarray(start, start + blockBytes);
  }
}
