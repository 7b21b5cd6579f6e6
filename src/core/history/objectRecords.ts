import { CoralError } from '../base/errors';
import { Semaphore } from '../base/semaphore';
import { Layout } from '../storage/objects/weights/layout';
import { isKnownToHold } from '../storage/objects/checksum';
import { Ledger } from '../storage/objects/decorators/ledger';
import { objectBytes } from '../storage/objects/objectBytes';
import { believable, type ObjectInfo, type ObjectStore } from '../storage/objects/objectStore';
import { type HistoryStore, historyOf, recordKinds, type RecordKindName } from './recordKinds';
import { maxRecordBytes, type RecordStore } from './recordStore';

/** Bytes of all records being read at the same time; a longer one is read alone. */
const maxConcurrentBytes = 32 * 1024 * 1024;
/** A record may have been replaced by a longer one since it was listed; this much is always allowed. */
const minAllowedBytes = 256 * 1024;
const maxRecords = 500_000;

/** KIND/ID.json as objects. */
export class ObjectRecords implements RecordStore {
  readonly #objects: Ledger;
  readonly #layout: Layout;
  readonly #folder: RecordKindName;
  readonly #isId: (text: string) => boolean;
  readonly #memoryBudget = new Semaphore(maxConcurrentBytes);
  /** by id, as the last listing had them */
  #listed = new Map<string, ObjectInfo>();

  constructor(objects: ObjectStore, layout: Layout, folder: RecordKindName, isId: (text: string) => boolean) {
    this.#objects = new Ledger(objects, { sizeIsEnough: false });
    this.#layout = layout;
    this.#folder = folder;
    this.#isId = isId;
  }

  async list(signal?: AbortSignal): Promise<string[]> {
    const listed = new Map<string, ObjectInfo>();
    for await (const info of this.#objects.list(this.#layout.folder(this.#folder), signal)) {
      const id = this.#layout.idOf(this.#folder, info.key, this.#isId);
      if (id !== undefined) listed.set(id, info);
      if (listed.size > maxRecords) {
        throw new CoralError(
          'unsupported', `${this.#objects.location} lists more than ${maxRecords} ${this.#folder}, which Coral for VS Code cannot hold.`);
      }
    }
    this.#listed = listed;
    return [...listed.keys()].sort();
  }

  /** Memory is bounded, however many are asked for at once. */
  async read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const limit = Math.max(believable(this.#listed.get(id)?.size ?? maxRecordBytes) ?? maxRecordBytes, minAllowedBytes);
    if (limit > maxRecordBytes) throw this.#tooLong(id, maxRecordBytes);
    return this.#memoryBudget.with(limit, async () => {
      const object = await this.#objects.get(this.#layout.key(this.#folder, id), { start: 0, end: limit + 1 }, signal);
      if (object === undefined) return undefined;
      const bytes = await objectBytes(object, limit);
      if (bytes === undefined) throw this.#tooLong(id, limit);
      if (object.size === bytes.byteLength) return bytes;
      throw new CoralError(
        'corrupt', `${this.pathOf(id)} has ${object.size} bytes, of which ${bytes.byteLength} could be read. `
        + 'Restore it from another copy.');
    }, signal);
  }

  isKnownToBe(id: string, bytes: Uint8Array): boolean {
    const listed = this.#listed.get(id);
    return listed !== undefined && isKnownToHold(listed, bytes);
  }

  stampOf(id: string): string | undefined {
    const listed = this.#listed.get(id);
    return listed && `${listed.size} ${listed.tag}`;
  }

  async write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (bytes.byteLength > maxRecordBytes) throw this.#tooLong(id, maxRecordBytes);
    await this.#objects.put(this.#layout.key(this.#folder, id), bytes, { contentType: 'application/json' }, signal);
  }

  async unconfirmed(signal?: AbortSignal): Promise<string[]> {
    const keys = await this.#objects.unheld(() => Promise.resolve(undefined), signal);
    return keys.flatMap((key) => this.#layout.idOf(this.#folder, key, this.#isId) ?? []);
  }

  pathOf(id: string): string {
    return `${this.#objects.location}/${this.#layout.key(this.#folder, id)}`;
  }

  #tooLong(id: string, limit: number): CoralError {
    const why = limit === maxRecordBytes ? `no ${recordKinds[this.#folder].noun} is that long` : 'the server listed it as shorter';
    return new CoralError('corrupt', `${this.pathOf(id)} has more than ${limit} bytes; ${why}. Restore it from another copy.`);
  }
}

/** The history below a prefix of a bucket. */
export function objectHistory(objects: ObjectStore, prefix: string): HistoryStore {
  const layout = new Layout(prefix);
  return historyOf(({ isId }, name) => new ObjectRecords(objects, layout, name, isId));
}
