import { CoralError, throwIfCancelled } from '../../../src/core/base/errors';
import type { StorageInfo, WeightStore, WriteOptions } from '../../../src/core/storage/weightStore';
import { Weight, type WeightMetadata } from '../../../src/core/weights/weight';

/** Hooks that a test hangs in: both may throw or wait. */
export interface MemoryHooks {
  readonly beforeRead?: (hash: string) => Promise<void> | void;
  /** called for each block that a write takes in */
  readonly beforeBlock?: (hash: string) => Promise<void> | void;
}

/** A WeightStore in memory, which also records how much was under way at once. */
export class MemoryStore implements WeightStore {
  readonly weights = new Map<string, Weight>();
  readonly hooks: MemoryHooks;
  writes = 0;
  writing = 0;
  maxWriting = 0;
  writingBytes = 0;
  maxWritingBytes = 0;

  constructor(weights: Iterable<Weight> = [], hooks: MemoryHooks = {}) {
    for (const weight of weights) this.weights.set(weight.metadata.hash, weight);
    this.hooks = hooks;
  }

  list(signal?: AbortSignal): Promise<string[]> {
    return this.#later(signal, () => [...this.weights.keys()].sort());
  }

  has(hash: string, signal?: AbortSignal): Promise<boolean> {
    return this.#later(signal, () => this.weights.has(hash));
  }

  metadata(hash: string, signal?: AbortSignal): Promise<WeightMetadata | undefined> {
    return this.#later(signal, () => this.weights.get(hash)?.metadata);
  }

  async read(hash: string, signal?: AbortSignal): Promise<Weight | undefined> {
    await this.hooks.beforeRead?.(hash);
    return this.#later(signal, () => this.weights.get(hash));
  }

  async write(weight: Weight, { force = false, signal }: WriteOptions = {}): Promise<void> {
    throwIfCancelled(signal);
    const { hash } = weight.metadata;
    if (!force && this.weights.has(hash)) return;
    this.maxWriting = Math.max(this.maxWriting, this.writing += 1);
    this.maxWritingBytes = Math.max(this.maxWritingBytes, this.writingBytes += weight.byteLength);
    try {
      const blocks: Uint8Array[] = [];
      for await (const block of weight.blocks(signal)) {
        await this.hooks.beforeBlock?.(hash);
        throwIfCancelled(signal);
        blocks.push(block);
      }
      const arrived = Weight.from(weight.metadata, Buffer.concat(blocks), weight.byteOrder);
      if (arrived.metadata.hash !== hash) throw new CoralError('corrupt', `${hash} does not match its hash.`, { hash });
      this.weights.set(hash, arrived);
      this.writes += 1;
    } finally {
      this.writing -= 1;
      this.writingBytes -= weight.byteLength;
    }
  }

  info(): Promise<StorageInfo> {
    return Promise.resolve({ location: 'memory', weights: this.weights.size });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #later<T>(signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    await new Promise(setImmediate);
    throwIfCancelled(signal);
    return answer();
  }
}

/** Weights of `floats` float32 each, all different. */
export function sampleWeights(count: number, floats = 16): Weight[] {
  return Array.from({ length: count }, (_, index) => {
    const data = Float32Array.from({ length: floats }, (_unused, at) => index + at / floats);
    return Weight.from({ name: `layer${index}.weight`, shape: [floats], dtype: 'float32' }, new Uint8Array(data.buffer));
  });
}
