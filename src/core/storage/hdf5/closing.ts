import type { HDF5Store } from './hdf5Store';

export interface ClosingStore {
  readonly store: HDF5Store;
  [Symbol.asyncDispose](): Promise<void>;
}

/** For `await using`: the store is closed at the end of the block. */
export function closing(store: HDF5Store): ClosingStore {
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
