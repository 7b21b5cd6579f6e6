import type { Delta } from '../weights/delta';

/** A store that holds deltas as well. As for weights, reading changes nothing, and a delta that lacks what makes it readable counts as absent. */
export interface DeltaStore {
  /** All delta hashes, sorted. */
  listDeltas(signal?: AbortSignal): Promise<string[]>;
  /**
   * The delta, its array not read yet: `blocks()` reads, and ends with reason "corrupt" when the bytes do not match `hash`.
   * undefined when absent.
   */
  readDelta(hash: string, signal?: AbortSignal): Promise<Delta | undefined>;
}
