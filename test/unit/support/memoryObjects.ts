import { createHash } from 'node:crypto';
import { CoralError } from '../../../src/core/errors';
import type { Capabilities, ObjectBody, ObjectInfo, ObjectStore, PutOptions, Upload } from '../../../src/core/storage/objects/objectStore';

interface Stored { readonly bytes: Uint8Array; readonly tag: string }

/** Objects in memory. What `capabilities` promises is kept; a put may be watched, failed or delayed by `beforePut`. */
export class MemoryObjects implements ObjectStore {
  readonly location: string;
  readonly capabilities: Capabilities;
  readonly objects = new Map<string, Stored>();
  /** whether conditions are really kept, whatever `capabilities` says */
  readonly keepsConditions: boolean;
  beforePut: ((key: string) => Promise<void> | void) | undefined;
  puts = 0;
  bucket = true;

  constructor(capabilities: Capabilities, keepsConditions = capabilities.ifAbsent, location = `memory ${Math.random()}`) {
    this.capabilities = capabilities;
    this.keepsConditions = keepsConditions;
    this.location = location;
  }

  async* list(prefix: string): AsyncIterable<ObjectInfo> {
    this.#needBucket();
    for (const key of [...this.objects.keys()].filter((other) => other.startsWith(prefix)).sort()) yield this.#info(key, this.objects.get(key)!);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    await new Promise(setImmediate);
    this.#needBucket();
    const stored = this.objects.get(key);
    return stored && this.#info(key, stored);
  }

  async get(key: string): Promise<ObjectBody | undefined> {
    const info = await this.head(key);
    const bytes = this.objects.get(key)?.bytes;
      return info && bytes && { ...info, body: (async function* () { yield bytes; })() };
  }

  async put(key: string, bytes: Uint8Array, { ifAbsent, ifMatch }: PutOptions = {}): Promise<string> {
    await this.beforePut?.(key);
    await new Promise(setImmediate);
    this.#needBucket();
    const tag = this.objects.get(key)?.tag;
    if (this.keepsConditions && ((ifAbsent && tag !== undefined) || (ifMatch !== undefined && ifMatch !== tag))) {
      throw new CoralError('conflict', `${key} has changed.`);
    }
    this.puts += 1;
    const next = createHash('md5').update(bytes).digest('hex');
    this.objects.set(key, { bytes: Uint8Array.from(bytes), tag: next });
    return next;
  }

  upload(): Promise<Upload> {
    throw new Error('not needed here');
  }

  forgetUploads(): Promise<void> {
    return Promise.resolve();
  }

  delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.objects.delete(key);
    return Promise.resolve();
  }

  bucketExists(): Promise<boolean> {
    return Promise.resolve(this.bucket);
  }

  createBucket(): Promise<void> {
    this.bucket = true;
    return Promise.resolve();
  }

  close(): void {
    // Nothing is held.
  }

  #needBucket(): void {
    if (!this.bucket) throw new CoralError('missing', 'There is no such bucket.');
  }

  #info(key: string, { bytes, tag }: Stored): ObjectInfo {
    return { key, size: bytes.byteLength, tag };
  }
}
