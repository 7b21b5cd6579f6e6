import { CoralError } from '../../../base/errors';
import { checkHash, isHash } from '../../../base/validate';
import { conflictingDelta, damagedDelta, Delta, type DeltaMetadata, sameDelta, verifiedDelta } from '../../../weights/delta';
import { readShortMember, writeNpz } from '../../../weights/npz';
import type { DeltaStore } from '../../deltaStore';
import type { WriteOptions } from '../../weightStore';
import { canBeRead } from './canBeRead';
import { deltaFileName, deltaFileText, maxDeltaFileBytes, readDeltaFile } from './deltaFile';
import type { Layout } from './layout';
import { Ledger } from '../decorators/ledger';
import type { ObjectStore } from '../objectStore';
import { sendObject } from '../sendObject';
import { WeightObject } from './weightObject';

/** Enough for delta.json and the header of the array, in bytes. */
const headBytes = 16 * 1024;

const maxDeltas = 500_000;

/** Metadata of deltas read or written, by place and tag: with the same tag it need not be read again. */
const known = new Map<string, DeltaMetadata>();
const maxKnown = 50_000;

/** Deltas as objects: deltas/HASH.npz, a zip file of delta.json (the attributes) and data.npy (the encoded array). */
export class ObjectDeltas implements DeltaStore {
  readonly #objects: Ledger;
  readonly #layout: Layout;
  /** by hash, as the last listing had them */
  #tags = new Map<string, string>();

  constructor(objects: ObjectStore, layout: Layout) {
    this.#objects = new Ledger(objects, { sizeIsEnough: true });
    this.#layout = layout;
  }

  async listDeltas(signal?: AbortSignal): Promise<string[]> {
    const tags = new Map<string, string>();
    for await (const { key, tag } of this.#objects.list(this.#layout.folder('deltas'), signal)) {
      const hash = this.#layout.hashOf('deltas', key);
      if (hash !== undefined) tags.set(hash, tag);
      if (tags.size > maxDeltas) {
        throw new CoralError(
          'unsupported', `${this.#objects.location} lists more than ${maxDeltas} deltas, which Coral for VS Code cannot hold.`);
      }
    }
    this.#tags = tags;
    return [...tags.keys()].sort();
  }

  /** Sends nothing for a delta that was listed and has not changed since it was read last. */
  async deltaMetadata(hash: string, signal?: AbortSignal): Promise<DeltaMetadata | undefined> {
    if (!isHash(hash)) return undefined;
    const tag = this.#tags.get(hash);
    const seen = tag === undefined ? undefined : known.get(this.#placeOf(hash, tag));
    if (seen !== undefined) return seen;
    const found = await this.#open(hash, signal);
    if (found === undefined) return undefined;
    this.#remember(hash, found.object.tag, found.metadata);
    return found.metadata;
  }

  async readDelta(hash: string, signal?: AbortSignal): Promise<Delta | undefined> {
    if (!isHash(hash)) return undefined;
    const found = await this.#open(hash, signal);
    if (found === undefined) return undefined;
    const { metadata, object } = found;
    const { shape, dtype, byteOrder } = await object.header(signal);
    const array = { shape, dtype, byteOrder };
    const blocks = async function* (stop?: AbortSignal): AsyncIterable<Uint8Array> { yield* (await object.array(stop)).blocks(); };
    return new Delta(metadata, array, verifiedDelta(metadata, array, blocks));
  }

  async writeDelta(delta: Delta, { force = false, signal }: WriteOptions = {}): Promise<void> {
    const { metadata, array: { shape, dtype, byteOrder } } = delta;
    const { hash } = metadata;
    const key = this.#layout.key('deltas', checkHash(hash));
    if (await this.#isThere(metadata, signal) && !force) return;
    const blocks = verifiedDelta(metadata, delta.array, (stop) => delta.blocks(stop))(signal);
    const before = [{ name: deltaFileName, bytes: Buffer.from(deltaFileText(metadata)) }];
    const npz = writeNpz(shape, dtype, byteOrder, blocks, { deflate: false, before }, signal);
    const options = { metadata: { compression: 'none' }, sizeHint: npz.size ?? delta.byteLength };
    const { tag } = await sendObject(this.#objects, key, npz.bytes, options, signal);
    this.#remember(hash, tag, metadata);
  }

  /** Removes deltas that did not arrive intact: since listing reads only their beginning, they would count as present. */
  async unconfirmedDeltas(signal?: AbortSignal): Promise<string[]> {
    const hashOf = (key: string): string => this.#layout.hashOf('deltas', key) ?? '';
    const isRight = (key: string): Promise<boolean> => canBeRead(async () => (await this.readDelta(hashOf(key), signal))?.blocks(signal));
    const keys = await this.#objects.unheld(isRight, signal);
    if (keys.length > 0) await this.#objects.delete(keys, signal);
    return keys.map(hashOf);
  }

  /** Whether a sound copy exists. A damaged one does not count; one with other parameters is a conflict. */
  async #isThere(metadata: DeltaMetadata, signal: AbortSignal | undefined): Promise<boolean> {
    const { hash } = metadata;
    const found = await this.#open(hash, signal).catch((error: unknown) => {
      if (CoralError.means(error, 'cannot be read')) return undefined;
      throw error;
    });
    if (found === undefined) return false;
    if (sameDelta(found.metadata, metadata)) return true;
    throw conflictingDelta(hash, this.#objects.location);
  }

  async #open(hash: string, signal: AbortSignal | undefined): Promise<{ metadata: DeltaMetadata; object: WeightObject } | undefined> {
    const object = await WeightObject.open(this.#objects, this.#layout.key('deltas', hash), headBytes, signal);
    if (object === undefined) return undefined;
    const file = await readShortMember(object.bytes(signal), deltaFileName, maxDeltaFileBytes, signal);
    if (file === undefined) throw damagedDelta(hash, `it does not begin with the member ${deltaFileName}`);
    return { metadata: readDeltaFile(Buffer.from(file).toString('utf8'), hash), object };
  }

  #remember(hash: string, tag: string, metadata: DeltaMetadata): void {
    if (known.size >= maxKnown) known.clear();
    known.set(this.#placeOf(hash, tag), metadata);
  }

  #placeOf(hash: string, tag: string): string {
    return `${this.#objects.location}\0${this.#layout.key('deltas', hash)}\0${tag}`;
  }
}
