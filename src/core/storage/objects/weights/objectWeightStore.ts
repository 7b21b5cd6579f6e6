import { CoralError } from '../../../base/errors';
import { checkHash, checkWeightName, isHash } from '../../../base/validate';
import { verified } from '../../../weights/contentHash';
import type { Delta, DeltaMetadata } from '../../../weights/delta';
import type { BlockSource } from '../../../weights/blocks';
import { Weight, type WeightMetadata } from '../../../weights/weight';
import type { DeltaStore } from '../../deltaStore';
import type { Survey, Surveyed } from '../../survey';
import type { StorageInfo, WeightStore, WriteOptions } from '../../weightStore';
import { canBeRead } from './canBeRead';
import { Layout } from './layout';
import { Ledger } from '../decorators/ledger';
import { maxMetadataBytes, type MetadataFile, metadataProblem, metadataText, noMetadata, readMetadata } from './metadataFile';
import { ObjectDeltas } from './objectDeltas';
import { believable, type ObjectStore } from '../objectStore';
import { objectText } from '../objectBytes';
import { surveyObjects } from './surveyObjects';
import { WeightObject } from './weightObject';
import { type CompressionChoice, WeightUploads } from './weightUploads';

interface ObjectWeightStoreOptions {
  /** "auto" when absent */
  readonly compression?: CompressionChoice | undefined;
  /** the remote's name, for errors */
  readonly name?: string | undefined;
}

/** Their hashes are held in memory, about 200 bytes each. */
const maxWeights = 1_000_000;
/** An object up to this size is fetched whole when its weight is asked for, so that reading it takes no further request. */
const smallObjectBytes = 1024 * 1024;
/** Of any other object, enough for the header of the array. */
const headBytes = 64 * 1024;

/** Weights as objects below a prefix: weights/HASH.npz and metadata/HASH.json, as the Python tool has them; and deltas beside them. */
export class ObjectWeightStore implements WeightStore, DeltaStore, Surveyed {
  readonly #objects: ObjectStore;
  readonly #ledger: Ledger;
  readonly #layout: Layout;
  readonly #name: string | undefined;
  readonly #deltas: ObjectDeltas;
  readonly #uploads: WeightUploads;
  /** sizes of the objects by hash, as last listed; undefined where the listed size is impossible */
  #sizes = new Map<string, number | undefined>();

  constructor(objects: ObjectStore, prefix: string, options: ObjectWeightStoreOptions = {}) {
    this.#objects = this.#ledger = new Ledger(objects, { sizeIsEnough: true });
    this.#layout = new Layout(prefix);
    this.#deltas = new ObjectDeltas(objects, this.#layout);
    this.#uploads = new WeightUploads(this.#objects, this.#layout, options.compression);
    this.#name = options.name;
  }

  async list(signal?: AbortSignal): Promise<string[]> {
    const sizes = new Map<string, number | undefined>();
    for await (const { key, size } of this.#objects.list(this.#layout.folder('weights'), signal)) {
      const hash = this.#layout.hashOf('weights', key);
      if (hash === undefined) continue;
      sizes.set(hash, believable(size));
      this.#checkCount(sizes.size);
    }
    this.#sizes = sizes;
    return [...sizes.keys()].sort();
  }

  async has(hash: string, signal?: AbortSignal): Promise<boolean> {
    return isHash(hash) && await this.#objects.head(this.#layout.key('weights', hash), signal) !== undefined;
  }

  /** From the metadata object where that is complete; a weight that was listed is not asked for. */
  async metadata(hash: string, signal?: AbortSignal): Promise<WeightMetadata | undefined> {
    if (!isHash(hash)) return undefined;
    return this.#concerning(hash, async () => {
      const said = await this.#metadataFile(hash, signal);
      const { shape, dtype } = said;
      if (shape !== undefined && dtype !== undefined) {
        return this.#sizes.has(hash) || await this.has(hash, signal) ? { ...said, shape, dtype, hash } : undefined;
      }
      const object = await this.#open(hash, headBytes, signal);
      const header = await object?.header(signal);
      return header && { ...said, shape: header.shape, dtype: header.dtype, hash };
    });
  }

  storedBytes(hash: string): number | undefined {
    return this.#sizes.get(hash);
  }

  async read(hash: string, signal?: AbortSignal): Promise<Weight | undefined> {
    if (!isHash(hash)) return undefined;
    return this.#concerning(hash, async () => {
      const size = this.#sizes.get(hash) ?? Infinity;
      const [said, object] = await Promise.all([
        this.#metadataFile(hash, signal), this.#open(hash, size <= smallObjectBytes ? smallObjectBytes : headBytes, signal),
      ]);
      const header = await object?.header(signal);
      if (!object || !header) return undefined;
      const metadata = { ...said, shape: header.shape, dtype: header.dtype, hash };
      return new Weight(metadata, header.byteOrder, this.#blocksOf(metadata, object));
    });
  }

  /**
   * Writes the weight even if it is there: asking first would cost each weight a request, and the bytes are the same. Its
   * metadata goes first, so that a weight that can be seen has its name.
   */
  async write(weight: Weight, { signal }: WriteOptions = {}): Promise<void> {
    const { metadata } = weight;
    const key = this.#layout.key('weights', checkHash(metadata.hash));
    checkWeightName(metadata.name);
    await this.#naming(metadata.hash, () => this.#uploads.send(weight, key, () => this.writeMetadata(metadata, signal), signal));
  }

  /** Writes the metadata object alone, for a weight that came without one. */
  async writeMetadata(metadata: WeightMetadata, signal?: AbortSignal): Promise<void> {
    checkWeightName(metadata.name);
    const key = this.#layout.key('metadata', checkHash(metadata.hash));
    await this.#objects.put(key, Buffer.from(metadataText(metadata)), { contentType: 'application/json' }, signal);
  }

  /** The weights whose metadata object is there. */
  async listMetadata(signal?: AbortSignal): Promise<string[]> {
    const hashes: string[] = [];
    for await (const { key } of this.#objects.list(this.#layout.folder('metadata'), signal)) {
      const hash = this.#layout.hashOf('metadata', key);
      if (hash !== undefined) hashes.push(hash);
      this.#checkCount(hashes.length);
    }
    return hashes;
  }

  listDeltas(signal?: AbortSignal): Promise<string[]> {
    return this.#deltas.listDeltas(signal);
  }

  deltaMetadata(hash: string, signal?: AbortSignal): Promise<DeltaMetadata | undefined> {
    return this.#naming(hash, () => this.#deltas.deltaMetadata(hash, signal));
  }

  readDelta(hash: string, signal?: AbortSignal): Promise<Delta | undefined> {
    return this.#naming(hash, () => this.#deltas.readDelta(hash, signal));
  }

  writeDelta(delta: Delta, options: WriteOptions = {}): Promise<void> {
    return this.#naming(delta.metadata.hash, () => this.#deltas.writeDelta(delta, options));
  }

  unconfirmedDeltas(signal?: AbortSignal): Promise<string[]> {
    return this.#deltas.unconfirmedDeltas(signal);
  }

  async survey(signal?: AbortSignal): Promise<Survey> {
    const survey = await surveyObjects(this.#objects, this.#layout, signal);
    this.#sizes = new Map(survey.items.flatMap(({ kind, hash, bytes }) => (kind === 'weight' ? [[hash, bytes] as const] : [])));
    return survey;
  }

  async descriptionProblem(
    hash: string, found: { readonly shape: readonly number[]; readonly dtype: string }, signal?: AbortSignal,
  ): Promise<string | undefined> {
    return this.#concerning(hash, async () => {
      const text = await this.#metadataText(hash, signal);
      return text === undefined ? undefined : metadataProblem(text, { ...found, hash });
    });
  }

  async info(signal?: AbortSignal): Promise<StorageInfo> {
    await this.list(signal);
    const storedBytes = [...this.#sizes.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0);
    return { location: this.#objects.location, weights: this.#sizes.size, storedBytes };
  }

  close(): Promise<void> {
    this.#objects.close();
    return Promise.resolve();
  }

  /** What is not as it was sent must not count as there: it is removed. A weight that was there before stays, and has no name then. */
  async confirm(signal?: AbortSignal): Promise<CoralError[]> {
    const { sent } = this.#ledger;
    const keys = await this.#ledger.unheld((key) => this.#isRight(key, signal), signal);
    const hashes = new Set(keys.flatMap((key) => this.#layout.hashOf('weights', key) ?? this.#layout.hashOf('metadata', key) ?? []));
    const wrong = [...hashes].map((hash) => {
      const weight = this.#layout.key('weights', hash);
      return sent.has(weight) ? weight : this.#layout.key('metadata', hash);
    });
    if (wrong.length > 0) await this.#objects.delete(wrong, signal);
    return [...hashes].map((hash) => new CoralError(
      'corrupt', `${this.#objects.location} does not hold weight ${hash} as it was sent, though it confirmed it. `
        + 'Push it again; if that does not help, use another server.',
      { hash, remote: this.#name }));
  }

  /** Whether the weight can be read there; undefined for metadata. */
  async #isRight(key: string, signal: AbortSignal | undefined): Promise<boolean | undefined> {
    const hash = this.#layout.hashOf('weights', key);
    return hash === undefined ? undefined : canBeRead(async () => (await this.read(hash, signal))?.blocks(signal));
  }

  #blocksOf(metadata: WeightMetadata, object: WeightObject): BlockSource {
    const blocks = verified(metadata, async function* (signal) {
      yield* (await object.array(signal)).blocks();
    });
    const located = (error: unknown): CoralError => this.#located(error, metadata.hash, metadata.name);
    return async function* (signal) {
      try {
        yield* blocks(signal);
      } catch (error) {
        throw located(error);
      }
    };
  }

  #checkCount(listed: number): void {
    if (listed <= maxWeights) return;
    throw new CoralError(
      'unsupported', `${this.#objects.location} lists more than ${maxWeights} weights, which Coral for VS Code cannot hold.`);
  }

  async #metadataFile(hash: string, signal: AbortSignal | undefined): Promise<MetadataFile> {
    const text = await this.#metadataText(hash, signal);
    return text === undefined ? noMetadata : readMetadata(text, hash);
  }

  async #metadataText(hash: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    const found = await this.#objects.get(this.#layout.key('metadata', hash), { start: 0, end: maxMetadataBytes }, signal);
    return found && objectText(found, maxMetadataBytes);
  }

  #open(hash: string, length: number, signal: AbortSignal | undefined): Promise<WeightObject | undefined> {
    return WeightObject.open(this.#objects, this.#layout.key('weights', hash), length, signal);
  }

  async #naming<T>(hash: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw CoralError.from(error).with({ hash, remote: this.#name });
    }
  }

  async #concerning<T>(hash: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#located(error, hash, undefined);
    }
  }

  /** The error, naming the weight and where it lies. */
  #located(error: unknown, hash: string, name: string | undefined): CoralError {
    const known = CoralError.from(error);
    const detail = { hash, remote: this.#name };
    if (known.reason !== 'corrupt' && known.reason !== 'unsupported' && known.reason !== 'conflict') return known.with(detail);
    const weight = name === undefined || name === noMetadata.name ? `Weight ${hash}` : `Weight "${name}" (${hash})`;
    return new CoralError(known.reason, `${weight} at ${this.#objects.location}: ${known.message}`, detail, { cause: known });
  }
}
