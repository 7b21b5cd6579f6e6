import { stoppable } from '../../../base/stoppable';
import { CoralError } from '../../../base/errors';
import { byteLengthOf } from '../../../weights/dtype';
import { gunzipped } from '../../../weights/deflate';
import { type NpzArray, readNpz } from '../../../weights/npz';
import { discard, type ObjectStore } from '../objectStore';

/**
 * Bytes of an npz around its array: the zip's entry for "data.npy" at either end, the end of the zip, and the shortest header of an npy.
 */
const minBytesAround = 30 + 8 + 46 + 8 + 22 + 48;

/** The npz of one weight or delta in an object store: its beginning in memory, the rest to be fetched. */
export class WeightObject {
  readonly #objects: ObjectStore;
  readonly #key: string;
  readonly #size: number;
  /** the version that is read */
  readonly tag: string;
  readonly #compression: string | undefined;
  readonly #head: Uint8Array;

  private constructor(
    objects: ObjectStore, key: string, found: { size: number; tag: string; compression: string | undefined }, head: Uint8Array,
  ) {
    this.#objects = objects;
    this.#key = key;
    this.#size = found.size;
    this.tag = found.tag;
    this.#compression = found.compression;
    this.#head = head;
  }

  /** Fetches the first `headBytes`; undefined when there is no such object. */
  static async open(objects: ObjectStore, key: string, headBytes: number, signal?: AbortSignal): Promise<WeightObject | undefined> {
    const found = await objects.get(key, { start: 0, end: headBytes }, signal);
    if (!found) return undefined;
    const head: Uint8Array[] = [];
    let length = 0;
    for await (const block of found.body) {
      head.push(block);
      length += block.byteLength;
      if (length >= headBytes) break;
    }
    const { size, tag, metadata } = found;
    return new WeightObject(objects, key, { size, tag, compression: metadata?.['compression'] }, Buffer.concat(head));
  }

  /** The array, its elements not read yet; they, or `close`, let go of the connection. */
  array(signal?: AbortSignal): Promise<NpzArray> {
    return readNpz(this.bytes(signal), signal);
  }

  /** Shape, dtype and byte order; fetches no more than the header needs. */
  async header(signal?: AbortSignal): Promise<Pick<NpzArray, 'shape' | 'dtype' | 'byteOrder'>> {
    const enough = stoppable(signal);
    try {
      const array = await this.array(enough.signal);
      array.close();
      this.#checkSize(array);
      return { shape: array.shape, dtype: array.dtype, byteOrder: array.byteOrder };
    } finally {
      enough.stop();
    }
  }

  /** What is not compressed and yet shorter than its array has been cut off: no need to read it to know that. */
  #checkSize({ shape, dtype, deflated }: NpzArray): void {
    const bytes = byteLengthOf(shape, dtype) + minBytesAround;
    if (deflated || this.#compression === 'gzip' || this.#size >= bytes) return;
    throw new CoralError(
      'corrupt', `It is cut off: it has ${this.#size} bytes, and its array takes at least ${bytes}. Restore it from another copy.`);
  }

  /** The npz file, without what is compressed around it. */
  bytes(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    if (this.#compression === 'gzip') return gunzipped(this.#bytes(signal), signal);
    if (this.#compression === 'lz4') {
      throw new CoralError(
        'unsupported', 'It is compressed with lz4, which Coral for VS Code cannot read. Push it again from Python with gzip.');
    }
    return this.#bytes(signal);
  }

  async *#bytes(signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    yield this.#head;
    if (this.#head.byteLength >= this.#size) return;
    const rest = await this.#objects.get(this.#key, { start: this.#head.byteLength, end: this.#size }, signal);
    if (rest?.tag === this.tag) {
      yield* rest.body;
      return;
    }
    if (rest) await discard(rest.body);
    throw new CoralError('conflict', 'It was replaced while it was being read. Try again.');
  }
}
