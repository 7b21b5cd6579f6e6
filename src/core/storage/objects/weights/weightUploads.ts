import { Semaphore } from '../../../base/semaphore';
import { CoralError } from '../../../base/errors';
import { verified } from '../../../weights/contentHash';
import { deflatePays } from '../../../weights/deflate';
import { writeNpz } from '../../../weights/npz';
import type { Weight } from '../../../weights/weight';
import type { ObjectStore } from '../objectStore';
import { sendObject, singlePutBytes, uploadMemory } from '../sendObject';
import type { Layout } from './layout';

/** Whether to deflate inside the npz: "gzip" always, "none" never, "auto" where a sample shows that it pays. */
export type CompressionChoice = 'auto' | 'gzip' | 'none';

/** A smaller weight is not worth the time of a deflate sample, in bytes. */
const minSampleBytes = 16 * 1024;
/** Bytes that all uploads under way hold together of what they are sending. */
const maxUploadMemory = 128 * 1024 * 1024;
/** An upload of which nothing has come for so long, in ms, is that of a process that was killed. */
const maxUploadIdleMs = 24 * 3_600_000;

/** Sends weights of any size, with bounded memory, and removes what killed uploads have left. */
export class WeightUploads {
  readonly #objects: ObjectStore;
  readonly #layout: Layout;
  readonly #compression: CompressionChoice;
  readonly #memory = new Semaphore(maxUploadMemory);
  #swept = false;

  constructor(objects: ObjectStore, layout: Layout, compression: CompressionChoice = 'auto') {
    this.#objects = objects;
    this.#layout = layout;
    this.#compression = compression;
  }

  /** @param beforeVisible is done before a reader can see the weight */
  async send(weight: Weight, key: string, beforeVisible: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    const { byteLength } = weight;
    const memory = byteLength < singlePutBytes ? byteLength : uploadMemory(byteLength);
    await this.#memory.with(memory, async () => {
      if (byteLength > singlePutBytes) await this.#sweep(signal);
      try {
        await this.#sendOnce(weight, { key, fresh: false, beforeVisible }, signal);
      } catch (error) {
        // Somebody else may have ended the upload that this one resumed.
        if (!CoralError.is(error, 'conflict')) throw error;
        await this.#sendOnce(weight, { key, fresh: true, beforeVisible }, signal);
      }
    }, signal);
  }

  async #sweep(signal: AbortSignal | undefined): Promise<void> {
    if (this.#swept) return;
    this.#swept = true;
    await this.#objects.forgetUploads(this.#layout.folder('weights'), Date.now() - maxUploadIdleMs, signal);
  }

  async #sendOnce(weight: Weight, { key, fresh, beforeVisible }: SendOptions, signal: AbortSignal | undefined): Promise<void> {
    const { metadata, byteOrder, byteLength } = weight;
    const blocks = verified(metadata, (stop) => weight.blocks(stop))(signal)[Symbol.asyncIterator]();
    try {
      const first = await blocks.next();
      const sample = first.done ? new Uint8Array() : first.value;
      const { shape, dtype } = metadata;
      const npz = writeNpz(shape, dtype, byteOrder, following(sample, blocks), { deflate: this.#deflates(sample) }, signal);
      const sizeHint = npz.size ?? byteLength;
      await sendObject(this.#objects, key, npz.bytes, { metadata: { compression: 'none' }, fresh, sizeHint, beforeVisible }, signal);
    } finally {
      await blocks.return?.();
    }
  }

  #deflates(sample: Uint8Array): boolean {
    return this.#compression === 'auto' ? sample.byteLength >= minSampleBytes && deflatePays(sample) : this.#compression === 'gzip';
  }
}

interface SendOptions {
  readonly key: string;
  /** not to resume an upload that was begun before */
  readonly fresh: boolean;
  readonly beforeVisible: () => Promise<void>;
}

async function* following(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  if (first.byteLength > 0) yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
