export type LockKind = 'shared' | 'exclusive';

/** A lock on weights.h5 that h5py honours and whose holder's death frees it: flock(2), as HDF5 itself takes it. */
export interface FileLock {
  release(): void;
  /** For a replaced file: whoever opened it just before will ask for its lock within a moment, and must not get it. */
  releaseLater(): void;
  /**
   * Call it before a change begins or takes effect. Throws "conflict" when another has taken the lock over, as programs without
   * flock do when this one shows no sign of life for long.
   */
  check(): void;
  /** Call it right before each single change of the file: checks again when this process may have stood still. */
  checkAfterPause(): void;
}

export const noLock: FileLock = {
  release: () => undefined, releaseLater: () => undefined, check: () => undefined, checkAfterPause: () => undefined,
};
