export type LockKind = 'shared' | 'exclusive';

/** A lock on weights.h5 that h5py honours and whose holder's death frees it: flock(2), as HDF5 itself takes it. */
export interface FileLock {
  release(): void;
  /** Of a file that has been replaced: one who opened that just before asks for its lock within a moment, and must not get it. */
  releaseLater(): void;
  /**
   * To be called before a change begins or takes effect. Throws "conflict" when another has taken the lock over, as others who have
   * no flock do when this one shows no sign of life for long.
   */
  check(): void;
  /** To be called right before each single change of the file: checks when time has passed in which this process may have stood still. */
  checkAfterPause(): void;
}

export const noLock: FileLock = {
  release: () => undefined, releaseLater: () => undefined, check: () => undefined, checkAfterPause: () => undefined,
};
