import type { Delta, DeltaMetadata } from '../weights/delta';
import type { WriteOptions } from './weightStore';

/**
 * A store that holds deltas as well. As for weights, reading changes nothing, and a delta that lacks what makes it readable counts as
 * absent.
 */
export interface DeltaStore {
  /** All delta hashes, sorted. */
  listDeltas(signal?: AbortSignal): Promise<string[]>;
  /** All that is known of a delta without its array; undefined when absent. Reason "corrupt" when it cannot be a delta. */
  deltaMetadata(hash: string, signal?: AbortSignal): Promise<DeltaMetadata | undefined>;
  /**
   * The delta, its array not read yet: `blocks()` reads, and ends with reason "corrupt" when the bytes do not match `hash`.
   * undefined when absent.
   */
  readDelta(hash: string, signal?: AbortSignal): Promise<Delta | undefined>;
  /**
   * All or nothing, as for a weight. A delta's hash does not cover what it is decoded with, so one that is there with other
   * parameters is never overwritten, not by force either: reason "conflict".
   */
  writeDelta(delta: Delta, options?: WriteOptions): Promise<void>;
  /**
   * Of the deltas written since the last call, those that are not there as they were sent; what is left of them is removed. Only
   * stores that would otherwise have to take a server's word have this.
   */
  unconfirmedDeltas?(signal?: AbortSignal): Promise<string[]>;
}
