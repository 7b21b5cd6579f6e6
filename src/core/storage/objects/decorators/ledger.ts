import { agree, type Checksum, crc32cOf, md5Of, partsMd5Of } from '../checksum';
import { objectBytes } from '../objectBytes';
import type {
  ByteRange, Capabilities, ObjectBody, ObjectInfo, ObjectStore, PutOptions, Upload, UploadStart, Written,
} from '../objectStore';

/** What was sent under a key, with a checksum of the kind that the server reports, or of another kind where it reports none. */
interface Sent extends Checksum {
  readonly size: number;
}

/** Keys per listing request. */
const keysPerPage = 1000;
/** How many objects are checked one by one in folders of unknown size. */
const maxHeads = 16;

/** Records what is sent through it, so that it can be confirmed later: a successful answer is only the server's word. */
export class Ledger implements ObjectStore {
  readonly location: string;
  readonly capabilities: Capabilities;
  readonly #inner: ObjectStore;
  readonly #sizeIsEnough: boolean;
  #sent = new Map<string, Sent>();
  /** objects in the folders that were listed, then */
  readonly #listed = new Map<string, number>();
  /** whether the checksums that this server reports are those of what it holds, as far as known */
  #saysChecksums: boolean | undefined;

  /** @param sizeIsEnough where no checksum proves anything: reading large objects back would take as long as sending them */
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
   * Of the keys written since the last call, those under which the server does not hold what was sent. Size and checksum decide;
   * where they cannot, `isRight` reads the object; where that cannot judge it (undefined), the bytes are compared.
   */
  async unheld(isRight: (key: string) => Promise<boolean | undefined>, signal?: AbortSignal): Promise<string[]> {
    const sent = this.#sent;
    this.#sent = new Map();
    const found = await this.#look([...sent.keys()], signal);
    if ([...found].some(([key, info]) => agree(info, sent.get(key) ?? {}))) this.#saysChecksums = true;
    const unheld: string[] = [];
    for (const [key, was] of sent) {
      const info = found.get(key);
      const hasSize = info?.size === was.size;
      if (hasSize && (agree(info, was) || (this.#sizeIsEnough && this.#saysChecksums === false))) continue;
      const right = info !== undefined && (await isRight(key) ?? await this.#holds(key, was, signal));
      if (!right) unheld.push(key);
      else if (hasSize) this.#saysChecksums ??= false;
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

  async put(key: string, bytes: Uint8Array, options?: PutOptions, signal?: AbortSignal): Promise<Written> {
    const written = await this.#inner.put(key, bytes, options, signal);
    this.#sent.set(key, { size: bytes.byteLength, ...this.#checksumOf(bytes) });
    return written;
  }

  async upload(key: string, options?: UploadStart, signal?: AbortSignal): Promise<Upload> {
    const begun = await this.#inner.upload(key, options, signal);
    const sum = this.capabilities.checksum === 'crc32c' ? wholeCrc32c() : md5OfParts();
    let size = 0;
    const note = (bytes: Uint8Array): void => {
      sum.add(bytes);
      size += bytes.byteLength;
    };
    return {
      holds: (number, bytes) => {
        const tag = begun.holds(number, bytes);
        if (tag !== undefined) note(bytes);
        return tag;
      },
      part: (number, bytes, stop) => {
        note(bytes);
        return begun.part(number, bytes, stop);
      },
      complete: async (tags, stop) => {
        await begun.complete(tags, stop);
        this.#sent.set(key, { size, ...sum.checksum() });
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

  #checksumOf(bytes: Uint8Array): Checksum {
    return this.capabilities.checksum === 'crc32c' ? { crc32c: crc32cOf(bytes) } : { md5: md5Of(bytes).toString('hex') };
  }

  async #holds(key: string, sent: Sent, signal: AbortSignal | undefined): Promise<boolean> {
    const found = await this.#inner.get(key, { start: 0, end: sent.size + 1 }, signal);
    const bytes = found && await objectBytes(found, sent.size);
    return bytes !== undefined && agree(this.#checksumOf(bytes), sent);
  }

  /** Looks up these keys in as few requests as possible. */
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

interface RunningChecksum {
  /** parts in order */
  add(part: Uint8Array): void;
  checksum(): Checksum;
}

function md5OfParts(): RunningChecksum {
  const parts: Buffer[] = [];
  return { add: (part) => void parts.push(md5Of(part)), checksum: () => ({ partsMd5: partsMd5Of(parts) }) };
}

function wholeCrc32c(): RunningChecksum {
  let crc32c: string | undefined;
  return { add: (part) => { crc32c = crc32cOf(part, crc32c); }, checksum: () => ({ crc32c }) };
}

const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);
