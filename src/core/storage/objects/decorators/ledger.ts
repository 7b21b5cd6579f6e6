import { bareTag, md5Of, usualTag } from '../md5';
import { objectBytes } from '../objectBytes';
import type { ByteRange, Capabilities, ObjectBody, ObjectInfo, ObjectStore, PutOptions, Upload, UploadStart } from '../objectStore';

interface Sent {
  readonly size: number;
  /** as S3 forms it from the bytes that were sent */
  readonly usualTag: string;
}

/** What one request of a listing tells of. */
const keysPerPage = 1000;
/** How many objects are looked at one by one in folders of unknown size. */
const maxHeads = 16;

/**
 * Keeps account of what is sent through it, so that it can be found out afterwards whether the server holds it: an answer of
 * success is its word alone.
 */
export class Ledger implements ObjectStore {
  readonly location: string;
  readonly capabilities: Capabilities;
  readonly #inner: ObjectStore;
  readonly #sizeIsEnough: boolean;
  #sent = new Map<string, Sent>();
  /** objects in the folders that were listed, then */
  readonly #listed = new Map<string, number>();
  /** whether this server's tags are the MD5s of what it holds, as far as seen */
  #tagsAreUsual: boolean | undefined;

  /** @param sizeIsEnough where tags prove nothing: reading large objects back would take as long as sending them */
  constructor(inner: ObjectStore, { sizeIsEnough }: { readonly sizeIsEnough: boolean }) {
    this.#inner = inner;
    this.#sizeIsEnough = sizeIsEnough;
    this.location = inner.location;
    this.capabilities = inner.capabilities;
  }

  /** The keys written since the last `unheld`. */
  get sent(): ReadonlySet<string> {
    return new Set(this.#sent.keys());
  }

  /**
   * The keys, of those written since the last call, under which the server does not hold what was sent. Size and tag tell; where they
   * do not, or the tags are none that can be computed, `isRight` reads the object; where it cannot judge one (undefined), its bytes do.
   */
  async unheld(isRight: (key: string) => Promise<boolean | undefined>, signal?: AbortSignal): Promise<string[]> {
    const sent = this.#sent;
    this.#sent = new Map();
    const found = await this.#look([...sent.keys()], signal);
    const isUsual = (key: string, info: ObjectInfo): boolean => bareTag(info.tag) === sent.get(key)?.usualTag;
    if ([...found].some(([key, info]) => isUsual(key, info))) this.#tagsAreUsual = true;
    const unheld: string[] = [];
    for (const [key, { size }] of sent) {
      const info = found.get(key);
      if (info?.size === size && (isUsual(key, info) || (this.#sizeIsEnough && this.#tagsAreUsual === false))) continue;
      const right = info !== undefined && (await isRight(key) ?? await this.#bytesTag(key, size, signal) === sent.get(key)?.usualTag);
      if (!right) unheld.push(key);
      else if (info.size === size) this.#tagsAreUsual ??= false;
    }
    return unheld;
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    let count = 0;
    for await (const info of this.#inner.list(prefix, signal)) {
      count += 1;
      yield info;
    }
    this.#listed.set(prefix, count);
  }

  head(key: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    return this.#inner.head(key, signal);
  }

  get(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ObjectBody | undefined> {
    return this.#inner.get(key, range, signal);
  }

  async put(key: string, bytes: Uint8Array, options?: PutOptions, signal?: AbortSignal): Promise<string> {
    const tag = await this.#inner.put(key, bytes, options, signal);
    this.#sent.set(key, { size: bytes.byteLength, usualTag: usualTag([md5Of(bytes)], false) });
    return tag;
  }

  async upload(key: string, options?: UploadStart, signal?: AbortSignal): Promise<Upload> {
    const begun = await this.#inner.upload(key, options, signal);
    const digests: Buffer[] = [];
    let size = 0;
    const note = (number: number, bytes: Uint8Array): void => {
      digests[number - 1] = md5Of(bytes);
      size += bytes.byteLength;
    };
    return {
      holds: (number, bytes) => {
        const tag = begun.holds(number, bytes);
        if (tag !== undefined) note(number, bytes);
        return tag;
      },
      part: async (number, bytes, stop) => {
        const tag = await begun.part(number, bytes, stop);
        note(number, bytes);
        return tag;
      },
      complete: async (tags, stop) => {
        await begun.complete(tags, stop);
        this.#sent.set(key, { size, usualTag: usualTag(digests, true) });
      },
      abort: () => begun.abort(),
    };
  }

  forgetUploads(prefix: string, before: number, signal?: AbortSignal): Promise<void> {
    return this.#inner.forgetUploads(prefix, before, signal);
  }

  async delete(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#inner.delete(keys, signal);
    for (const key of keys) this.#sent.delete(key);
  }

  bucketExists(signal?: AbortSignal): Promise<boolean> {
    return this.#inner.bucketExists(signal);
  }

  createBucket(signal?: AbortSignal): Promise<void> {
    return this.#inner.createBucket(signal);
  }

  close(): void {
    this.#inner.close();
  }

  async #bytesTag(key: string, size: number, signal: AbortSignal | undefined): Promise<string | undefined> {
    const found = await this.#inner.get(key, { start: 0, end: size + 1 }, signal);
    const bytes = found && await objectBytes(found, size);
    return bytes && usualTag([md5Of(bytes)], false);
  }

  /** What is there now under these keys, in as few requests as may be. */
  async #look(keys: readonly string[], signal: AbortSignal | undefined): Promise<Map<string, ObjectInfo>> {
    const found = new Map<string, ObjectInfo>();
    const headsUnlisted = keys.length <= maxHeads ? maxHeads : 0;
    for (const folder of new Set(keys.map(folderOf))) {
      const wanted = keys.filter((key) => folderOf(key) === folder);
      const listed = this.#listed.get(folder);
      if (wanted.length <= (listed === undefined ? headsUnlisted : Math.floor(listed / keysPerPage))) {
        for (const info of await Promise.all(wanted.map((key) => this.#inner.head(key, signal)))) if (info) found.set(info.key, info);
      } else {
        const names = new Set(wanted);
        for await (const info of this.list(folder, signal)) if (names.has(info.key)) found.set(info.key, info);
      }
    }
    return found;
  }
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
