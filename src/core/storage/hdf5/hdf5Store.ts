import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CoralError } from '../../errors';
import { checkHash, checkWeightName, isHash } from '../../validate';
import { verified } from '../../weights/contentHash';
import type { Delta } from '../../weights/delta';
import { slices, Weight, type WeightMetadata } from '../../weights/weight';
import type { DeltaStore } from '../deltaStore';
import { fileError, isCode } from '../jsonFile';
import type { StorageInfo, WeightStore, WriteOptions } from '../weightStore';
import { type StoredWeight, unreadable, weightPath } from './catalog';
import { readingSlabs, readSlab } from './datasets';
import { listDeltas, readDelta } from './deltas';
import { Hdf5Failure } from './hdf5Instance';
import { collect, removeDeadSpools } from './payload';
import { Session } from './session';
import type { Slab } from './slabs';
import type { Compression } from './writePlan';
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

/**
 * The weights and deltas in one weights.h5, as the Python tool writes it. A missing or empty file is an empty store; writing creates it.
 * The file is locked, as h5py locks it, only for moments; "busy" when another program holds it for longer than lockTimeoutMs.
 */
export class HDF5Store implements WeightStore, DeltaStore {
  readonly weightsAtOnce = batchWeights;
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

  /** Opens nothing yet, so it fails for no file; what is wrong with one is said by the first call. */
  static open(path: string, options: HDF5StoreOptions = {}): Promise<HDF5Store> {
    return Promise.resolve(new HDF5Store(resolve(path), options));
  }

  list(signal?: AbortSignal): Promise<string[]> {
    return this.#session.read((file, catalog) => (file === undefined ? [] : catalog.list(file)), signal);
  }

  async has(hash: string, signal?: AbortSignal): Promise<boolean> {
    if (!isHash(hash)) return false;
    return this.#session.read((file, catalog) => file !== undefined && catalog.has(file, hash), signal);
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
    const { metadata } = weight;
    if (!this.#writable) throw new CoralError('invalid', `${this.#path} was opened for reading only.`, { hash: metadata.hash, path: this.#path });
    checkHash(metadata.hash);
    checkWeightName(metadata.name);
    if (!force && await this.#isSound(metadata.hash, signal)) return;
    this.#sweep();
    const blocks = verified(metadata, (abort) => weight.blocks(abort))(signal);
    const payload = await collect(this.#path, weight.byteLength, blocks, signal)
      .catch((error: unknown) => { throw fileError(error, this.#path).with({ hash: metadata.hash }); });
    try {
      await this.#queue.add({ weight, payload, force, signal });
    } finally {
      payload.dispose();
    }
  }

  listDeltas(signal?: AbortSignal): Promise<string[]> {
    return listDeltas(this.#session, signal);
  }

  readDelta(hash: string, signal?: AbortSignal): Promise<Delta | undefined> {
    return readDelta(this.#session, hash, signal);
  }

  async info(signal?: AbortSignal): Promise<StorageInfo> {
    const weights = (await this.list(signal)).length;
    // HDF5 would have to be asked about each dataset; the file's size is what they take, with what lies between them.
    const storedBytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    return { location: this.#path, weights, storedBytes };
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    await this.#session.close();
  }

  async #describe(hash: string, signal: AbortSignal | undefined): Promise<StoredWeight | undefined> {
    if (!isHash(hash)) return undefined;
    return this.#session.read((file, catalog) => (file === undefined ? undefined : catalog.describe(file, hash)), signal);
  }

  /** A damaged weight is as good as none to one who brings a sound one. */
  async #isSound(hash: string, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#session.read((file, catalog) => file !== undefined && catalog.isSound(file, hash), signal);
  }

  async* #blocks(stored: StoredWeight, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    for (const slab of readingSlabs(stored.tensor, stored.chunks)) yield* slices(await this.#readSlab(stored, slab, signal));
  }

  #readSlab({ metadata: { hash }, tensor }: StoredWeight, slab: Slab, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return this.#session.read((file) => {
      if (file === undefined) throw new CoralError('missing', `Weight ${hash} is gone: ${this.#path} was removed while it was read.`, { hash, path: this.#path });
      try {
        return readSlab(file, weightPath(hash), tensor, slab);
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
      removeDeadSpools(this.#path);
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw fileError(error, dirname(this.#path));
    }
  }
}
