import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CoralError } from '../../base/errors';
import { checkHash, checkWeightName, isHash } from '../../base/validate';
import { verified } from '../../weights/contentHash';
import { type Delta, type DeltaMetadata, verifiedDelta } from '../../weights/delta';
import { slices } from '../../weights/blocks';
import { Weight, type WeightMetadata } from '../../weights/weight';
import type { DeltaStore } from '../deltaStore';
import { fileError, isCode } from '../../base/files';
import type { StoredKey, Survey, Surveyed } from '../survey';
import type { StorageInfo, WeightStore, WriteOptions } from '../weightStore';
import { attributesOf, type StoredWeight, unreadable, weightsGroup } from './catalog';
import { filtersOf, readingSlabs, readSlab } from './datasets';
import { deltaEntry, isThere, listDeltas, readDelta, readDeltaMetadata } from './deltas';
import { extentsOf } from './extents';
import { Hdf5Failure } from './hdf5Instance';
import { collect, type Payload } from './payload';
import type { RawDataset } from './quarantine';
import { realPathOf } from './realPathOf';
import { Session } from './session';
import type { Slab } from './slabs';
import { removeDeadSpools } from './spools';
import { attributesProblem, describeRaw, formOf, type StoredForm, surveyFile } from './surveyFile';
import type { Compression, Entry } from './planWrites';
import { batchWeights, WriteQueue } from './writeQueue';

export interface HDF5StoreOptions {
  /** "read" (the default) refuses to write */
  readonly mode?: 'read' | 'write' | undefined;
  /** of what is written: gzip level 4 where a sample shows that it pays ("auto", the default), always, or never */
  readonly compression?: Compression | undefined;
  /** how long another program's lock is waited for, in ms; 60,000 */
  readonly lockTimeoutMs?: number | undefined;
  /** told what is being waited for: "weights.h5 is held by python (pid 4711); waiting." */
  readonly onWaiting?: ((text: string) => void) | undefined;
  /** told what the user should know, though nothing failed */
  readonly onWarning?: ((text: string) => void) | undefined;
}

const membersOf = { weight: 'weights', delta: 'deltas' } as const;

/**
 * The weights and deltas in one weights.h5, as the Python tool writes it. A missing or empty file is an empty store; writing creates it.
 * The file is locked, as h5py locks it, only for moments; "busy" when another program holds it for longer than lockTimeoutMs.
 */
export class HDF5Store implements WeightStore, DeltaStore, Surveyed {
  readonly concurrency = batchWeights;
  readonly #path: string;
  readonly #writable: boolean;
  readonly #session: Session;
  readonly #queue: WriteQueue;
  #swept = false;

  private constructor(path: string, { mode, compression, lockTimeoutMs, onWaiting, onWarning }: HDF5StoreOptions) {
    this.#path = path;
    this.#writable = mode === 'write';
    this.#session = new Session(path, { timeoutMs: lockTimeoutMs ?? 60_000, onWaiting, onWarning });
    this.#queue = new WriteQueue(this.#session, compression ?? 'auto');
  }

  get folder(): string {
    return dirname(this.#path);
  }

  /**
   * A link is resolved once: the file it names now is used from then on. Opens nothing yet, so problems with the file show on
   * first use.
   */
  static open(path: string, options: HDF5StoreOptions = {}): Promise<HDF5Store> {
    return Promise.resolve(new HDF5Store(realPathOf(path), options));
  }

  list(signal?: AbortSignal): Promise<string[]> {
    return this.#session.read((file, catalog) => (file === undefined ? [] : catalog.weights.list(file)), signal);
  }

  async has(hash: string, signal?: AbortSignal): Promise<boolean> {
    if (!isHash(hash)) return false;
    return this.#session.read((file, catalog) => file !== undefined && catalog.weights.has(file, hash), signal);
  }

  async metadata(hash: string, signal?: AbortSignal): Promise<WeightMetadata | undefined> {
    return (await this.#describe(hash, signal))?.metadata;
  }

  async read(hash: string, signal?: AbortSignal): Promise<Weight | undefined> {
    const stored = await this.#describe(hash, signal);
    if (stored === undefined) return undefined;
    const { metadata, tensor } = stored;
    return new Weight(metadata, tensor.type.byteOrder, verified(metadata, (abort) => this.#blocks(stored, abort)));
  }

  async write(weight: Weight, { force = false, signal }: WriteOptions = {}): Promise<void> {
    const { metadata, byteLength, byteOrder } = weight;
    const { hash, dtype, shape } = metadata;
    this.#checkWritable(hash);
    checkWeightName(metadata.name);
    if (!force && await this.#session.read((file, catalog) => file !== undefined && catalog.isSound(file, hash), signal)) return;
    const blocks = verified(metadata, (abort) => weight.blocks(abort))(signal);
    await this.#write(hash, byteLength, blocks, signal, (payload) => ({
      kind: 'weight', hash, tensor: { type: { dtype, byteOrder }, shape }, attributes: attributesOf(metadata), payload, force, signal,
      isThere: (file, catalog) => catalog.isSound(file, hash),
    }));
  }

  listDeltas(signal?: AbortSignal): Promise<string[]> {
    return listDeltas(this.#session, signal);
  }

  deltaMetadata(hash: string, signal?: AbortSignal): Promise<DeltaMetadata | undefined> {
    return readDeltaMetadata(this.#session, hash, signal);
  }

  readDelta(hash: string, signal?: AbortSignal): Promise<Delta | undefined> {
    return readDelta(this.#session, hash, signal);
  }

  async writeDelta(delta: Delta, { force = false, signal }: WriteOptions = {}): Promise<void> {
    const { metadata, array, byteLength } = delta;
    this.#checkWritable(metadata.hash);
    const found = await this.#session.read((file, catalog) => file !== undefined && isThere(file, catalog, metadata), signal);
    if (found && !force) return;
    const blocks = verifiedDelta(metadata, array, (abort) => delta.blocks(abort))(signal);
    await this.#write(metadata.hash, byteLength, blocks, signal, (payload) => deltaEntry(delta, payload, force, signal));
  }

  /** How the data of a weight is kept: "gzip", "shuffle, gzip", "not compressed". undefined when absent. */
  async compressionOf(hash: string, signal?: AbortSignal): Promise<string | undefined> {
    if (!isHash(hash)) return undefined;
    return this.#session.read((file, { weights }) => (file !== undefined && weights.has(file, hash) ? filtersOf(file, weights.path(hash)) : undefined), signal);
  }

  survey(signal?: AbortSignal): Promise<Survey> {
    return this.#session.read((file, catalog) => (file === undefined ? { items: [], metadata: undefined, strange: [] } : surveyFile(file, catalog)), signal);
  }

  descriptionProblem(hash: string, _: unknown, signal?: AbortSignal): Promise<string | undefined> {
    return this.#session.read((file, catalog) => file && attributesProblem(file, catalog.weights.path(hash)), signal);
  }

  /** How a weight or delta that is there is stored. */
  storedForm({ kind, hash }: StoredKey, signal?: AbortSignal): Promise<StoredForm> {
    return this.#session.read((file, catalog) => {
      if (file === undefined) throw new CoralError('missing', `${this.#path} was removed while it was read.`, { hash, path: this.#path });
      return formOf(file, kind, catalog[membersOf[kind]].path(hash));
    }, signal);
  }

  /** Whether anything exists under that name, readable or not. */
  isTaken({ kind, hash }: StoredKey, signal?: AbortSignal): Promise<boolean> {
    return this.#session.read((file, catalog) => file !== undefined && catalog[membersOf[kind]].isTaken(file, hash), signal);
  }

  /** Where its stored bytes lie. Reason "unsupported" for a layout that h5py does not write by default. */
  rawDataset({ kind, hash }: StoredKey, signal?: AbortSignal): Promise<RawDataset> {
    return this.#session.read((file, catalog) => {
      const path = catalog[membersOf[kind]].path(hash);
      if (file?.raw === undefined) throw new CoralError('unsupported', `${this.#path} cannot be read byte for byte.`, { hash });
      return { extents: extentsOf(file.raw, file.addressOf(path)), description: { kind, hash, from: this.#path, dataset: path, ...describeRaw(file, path) } };
    }, signal);
  }

  /** Bytes that its data takes in the file, as it is stored. undefined where the layout of the file is not known. */
  async storedBytesOf(key: StoredKey, signal?: AbortSignal): Promise<number | undefined> {
    try {
      return (await this.rawDataset(key, signal)).extents.reduce((sum, { bytes }) => sum + bytes, 0);
    } catch (error) {
      if (CoralError.is(error, 'unsupported')) return undefined;
      throw error;
    }
  }

  async info(signal?: AbortSignal): Promise<StorageInfo> {
    const weights = (await this.list(signal)).length;
    // Asking HDF5 about each dataset would be slow; the file's size includes the gaps between them.
    const storedBytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    return { location: this.#path, weights, storedBytes };
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    await this.#session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #describe(hash: string, signal: AbortSignal | undefined): Promise<StoredWeight | undefined> {
    if (!isHash(hash)) return undefined;
    return this.#session.read((file, catalog) => (file === undefined ? undefined : catalog.describe(file, hash)), signal);
  }

  #checkWritable(hash: string): void {
    if (!this.#writable) throw new CoralError('invalid', `${this.#path} was opened for reading only.`, { hash, path: this.#path });
    checkHash(hash);
  }

  /** Collects and verifies all blocks, then writes the entry that `entryOf` makes of them. */
  async #write(
    hash: string, byteLength: number, blocks: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined, entryOf: (payload: Payload) => Entry,
  ): Promise<void> {
    this.#sweep();
    const payload = await collect(this.#path, byteLength, blocks, signal).catch((error: unknown) => { throw fileError(error, this.#path).with({ hash }); });
    try {
      await this.#queue.add(entryOf(payload));
    } finally {
      payload.dispose();
    }
  }

  async* #blocks(stored: StoredWeight, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    for (const slab of readingSlabs(stored.tensor, stored.chunks)) yield* slices(await this.#readSlab(stored, slab, signal));
  }

  #readSlab({ metadata: { hash }, tensor }: StoredWeight, slab: Slab, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return this.#session.read((file) => {
      if (file === undefined) {
        throw new CoralError('missing', `Weight ${hash} is gone: ${this.#path} was removed while it was read.`, { hash, path: this.#path });
      }
      try {
        return readSlab(file, `${weightsGroup}/${hash}`, tensor, slab);
      } catch (error) {
        throw error instanceof Hdf5Failure ? unreadable(error, this.#path, hash) : error;
      }
    }, signal);
  }

  /** Once, before the first write. */
  #sweep(): void {
    if (this.#swept) return;
    this.#swept = true;
    try {
      this.#session.makeFolder();
      removeDeadSpools(this.#path);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw fileError(error, dirname(this.#path));
    }
  }
}
