import { CoralError } from '../base/errors';
import { ContentHasher, verifiedBlocks } from './contentHash';
import { type ByteOrder, byteLengthOf } from './dtype';
import type { BlockSource } from './blocks';

export interface DeltaMetadata {
  /** delta hash: 16 to 64 lower-case hex digits. It does not cover `metadata`, `originalShape` and `originalDtype`. */
  readonly hash: string;
  /** how the array is encoded: "compressed", "xor_float32", ... */
  readonly deltaType: string;
  /** of the weight that the delta stands for, and of its reference */
  readonly originalShape: readonly number[];
  readonly originalDtype: string;
  /** content hash of the weight to which the delta is applied */
  readonly referenceHash: string;
  /** A JSON object, letter by letter as Python wrote it: a copy must equal it, and Python's NaN and Infinity are not JSON elsewhere. */
  readonly metadata: string;
  /** Share of the weight's bytes that the delta saves; negative when it takes more. */
  readonly compressionRatio: number;
}

/** What the encoded array is. */
export interface DeltaArray {
  readonly shape: readonly number[];
  /** numpy name without byte order */
  readonly dtype: string;
  readonly byteOrder: ByteOrder;
}

/** A weight as its difference from another one, not necessarily in memory. */
export class Delta {
  readonly metadata: DeltaMetadata;
  readonly array: DeltaArray;
  readonly #source: BlockSource;

  /** `source` gives the encoded array. */
  constructor(metadata: DeltaMetadata, array: DeltaArray, source: BlockSource) {
    this.metadata = metadata;
    this.array = array;
    this.#source = source;
  }

  /** Bytes of the encoded array. */
  get byteLength(): number {
    return byteLengthOf(this.array.shape, this.array.dtype);
  }

  blocks(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#source(signal);
  }
}

/** Whether two deltas of one hash read as the same weight: the hash does not cover all that decides this. */
export function sameDelta(one: DeltaMetadata, other: DeltaMetadata): boolean {
  return one.hash === other.hash && one.deltaType === other.deltaType && one.referenceHash === other.referenceHash
    && one.originalDtype === other.originalDtype && one.originalShape.join() === other.originalShape.join() && one.metadata === other.metadata;
}

/** xxh3-64 over the reference's hash, the encoded array (C order, stored byte order) and the delta type. 16 lower-case hex digits. */
export async function deltaHash(
  referenceHash: string, deltaType: string, blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<string> {
  const hasher = await ContentHasher.after(Buffer.from(referenceHash));
  for await (const block of blocks) hasher.update(block);
  hasher.update(Buffer.from(deltaType));
  return hasher.digest();
}

/** Passes the encoded array through and ends with reason "corrupt", before completing, unless it is what `metadata.hash` names. */
export function verifiedDelta(metadata: DeltaMetadata, array: DeltaArray, source: BlockSource): BlockSource {
  const { hash, referenceHash, deltaType } = metadata;
  return verifiedBlocks(source, {
    hash, start: Buffer.from(referenceHash), end: Buffer.from(deltaType), bytes: byteLengthOf(array.shape, array.dtype), of: 'its array',
    damaged: (what) => damagedDelta(hash, what),
  });
}

export function damagedDelta(hash: string, what: string): CoralError {
  return new CoralError('corrupt', `Delta ${hash} is damaged: ${what}. Restore it from another copy.`, { hash });
}

export function conflictingDelta(hash: string, where: string): CoralError {
  return new CoralError(
    'conflict', `Delta ${hash} is in ${where} already with other parameters (type, shape, dtype, scale or offset), so that it stands for another weight there. `
    + 'Nothing was overwritten. Find out which one is right, and delete the other with h5py.', { hash });
}
