import { createHash } from 'node:crypto';
import { CoralError } from '../errors';
import { Layout } from '../storage/objects/layout';
import type { ObjectStore } from '../storage/objects/objectStore';
import { isCommitHash } from '../validate';
import { type HistoryStore, isVersionId, longestRecord, type RecordStore } from './recordStore';

/** commits/HASH.json or versions/ID.json as objects. */
export class ObjectRecords implements RecordStore {
  readonly #objects: ObjectStore;
  readonly #layout: Layout;
  readonly #folder: 'commits' | 'versions';
  readonly #isId: (text: string) => boolean;
  /** version tags, by id, as the last listing had them */
  #tags = new Map<string, string>();

  constructor(objects: ObjectStore, layout: Layout, folder: 'commits' | 'versions', isId: (text: string) => boolean) {
    this.#objects = objects;
    this.#layout = layout;
    this.#folder = folder;
    this.#isId = isId;
  }

  async list(signal?: AbortSignal): Promise<string[]> {
    const tags = new Map<string, string>();
    for await (const { key, tag } of this.#objects.list(this.#layout.folder(this.#folder), signal)) {
      const id = this.#layout.idOf(this.#folder, key, this.#isId);
      if (id !== undefined) tags.set(id, tag);
    }
    this.#tags = tags;
    return [...tags.keys()].sort();
  }

  async read(id: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
    const object = await this.#objects.get(this.#layout.key(this.#folder, id), { start: 0, end: longestRecord }, signal);
    if (object === undefined) return undefined;
    const parts: Uint8Array[] = [];
    for await (const part of object.body) parts.push(part);
    const bytes = Buffer.concat(parts);
    if (object.size === bytes.byteLength) return bytes;
    throw new CoralError('corrupt', `${this.pathOf(id)} has ${object.size} bytes, of which ${bytes.byteLength} could be read. Restore it from another copy.`);
  }

  /** The tag of a small object is mostly the MD5 of its bytes; where it is not, the record has to be read. */
  isKnownToBe(id: string, bytes: Uint8Array): boolean {
    return this.#tags.get(id)?.replace(/^"|"$/g, '') === createHash('md5').update(bytes).digest('hex');
  }

  async write(id: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.#objects.put(this.#layout.key(this.#folder, id), bytes, { contentType: 'application/json' }, signal);
  }

  pathOf(id: string): string {
    return `${this.#objects.location}/${this.#layout.key(this.#folder, id)}`;
  }
}

/** The history below a prefix of a bucket. */
export function objectHistory(objects: ObjectStore, prefix: string): HistoryStore {
  const layout = new Layout(prefix);
  return { commits: new ObjectRecords(objects, layout, 'commits', isCommitHash), versions: new ObjectRecords(objects, layout, 'versions', isVersionId) };
}
