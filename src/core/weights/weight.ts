import { CoralError } from '../base/errors';
import { type BlockSource, slices } from './blocks';
import { contentHashSync } from './contentHash';
import { type ByteOrder, byteLengthOf } from './dtype';

export interface WeightMetadata {
  readonly name: string;
  readonly shape: readonly number[];
  /** numpy name without byte order: "float32", "bool", "complex64", ... */
  readonly dtype: string;
  readonly layerType?: string | undefined;
  readonly modelName?: string | undefined;
  readonly compressionInfo: Readonly<Record<string, unknown>>;
  /** content hash: 16 to 64 lower-case hex digits */
  readonly hash: string;
}

/** One tensor, not necessarily in memory. */
export class Weight {
  readonly metadata: WeightMetadata;
  readonly byteOrder: ByteOrder;
  readonly #source: BlockSource;

  constructor(metadata: WeightMetadata, byteOrder: ByteOrder, source: BlockSource) {
    this.metadata = metadata;
    this.byteOrder = byteOrder;
    this.#source = source;
  }

  /** Bytes of the whole tensor, uncompressed. */
  get byteLength(): number {
    return byteLengthOf(this.metadata.shape, this.metadata.dtype);
  }

  blocks(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#source(signal);
  }

  /** A weight from bytes in memory (C order, in `byteOrder`); computes the hash. For small weights and tests. */
  static from(
    metadata: Pick<WeightMetadata, 'name' | 'shape' | 'dtype'> & Partial<WeightMetadata>,
    data: Uint8Array,
    byteOrder: ByteOrder = 'little',
  ): Weight {
    const expected = byteLengthOf(metadata.shape, metadata.dtype);
    if (data.byteLength !== expected) {
      throw new CoralError('invalid', `${metadata.name} needs ${expected} bytes for its shape and dtype, but got ${data.byteLength}.`);
    }
    const hash = contentHashSync(metadata.shape, metadata.dtype, data);
    return new Weight({ compressionInfo: {}, ...metadata, hash }, byteOrder, async function* () { yield* slices(data); });
  }
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
