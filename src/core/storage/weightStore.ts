import type { CoralError } from '../base/errors';
import type { Weight, WeightMetadata } from '../weights/weight';

export interface WriteOptions {
  /** Write even if the hash is there already. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StorageInfo {
  /** where the store lies, as text for people: a path or a URL without secrets */
  readonly location: string;
  readonly weights: number;
  /** bytes of the weights as stored (compressed); undefined when the store cannot tell without reading everything */
  readonly storedBytes?: number | undefined;
}

/**
 * What both ends of a transfer are: weights, addressed by content hash.
 *
 * Reading never creates or changes anything; a store that does not exist yet reads as empty. A weight that lacks what makes
 * it readable (a dataset without attributes, say) counts as absent in `has` and `list`. Names that are no hashes are left out
 * of `list`. Every error is a CoralError that carries the hash it concerns.
 */
export interface WeightStore {
  /** How many weights a transfer from or to this store should have under way at once; 64 when absent. */
  readonly concurrency?: number | undefined;
  /** The folder that what is written goes to; undefined when it is not on a disk of this machine. */
  readonly folder?: string | undefined;
  /** All weight hashes, sorted. */
  list(signal?: AbortSignal): Promise<string[]>;
  has(hash: string, signal?: AbortSignal): Promise<boolean>;
  /** Name, shape and dtype without the data; undefined when absent. */
  metadata(hash: string, signal?: AbortSignal): Promise<WeightMetadata | undefined>;
  /** Bytes of a weight as the last `list` saw it stored; only stores that would have to send a request for its metadata have this. */
  storedBytes?(hash: string): number | undefined;
  /**
   * The weight, its data not read yet: `blocks()` reads, and ends with reason "corrupt" when the bytes do not match `hash`.
   * undefined when absent.
   */
  read(hash: string, signal?: AbortSignal): Promise<Weight | undefined>;
  /**
   * All or nothing: when the promise resolves the weight is durable and its bytes were found to match its hash;
   * when it rejects nothing can be seen under that hash. Several writes may be under way at once.
   */
  write(weight: Weight, options?: WriteOptions): Promise<void>;
  /**
   * Looks whether what was written since the last call is there as it was sent, and removes what is not; an error a weight. Only stores
   * that would otherwise have to take a server's word have this.
   */
  confirm?(signal?: AbortSignal): Promise<CoralError[]>;
  /** Only where the metadata of a weight lies apart from it: the hashes whose metadata is there, and how to add it. */
  listMetadata?(signal?: AbortSignal): Promise<string[]>;
  writeMetadata?(metadata: WeightMetadata, signal?: AbortSignal): Promise<void>;
  info(signal?: AbortSignal): Promise<StorageInfo>;
  /** Lets go of files, locks and sockets; writes under way are finished first. */
  close(): Promise<void>;
}
