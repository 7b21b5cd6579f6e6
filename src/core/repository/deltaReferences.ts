import { CoralError } from '../base/errors';
import type { DeltaStore } from '../storage/deltaStore';

/** The hash of the weight that each of these deltas is based on, by delta hash; absent and damaged deltas are left out. */
export async function deltaReferences(
  store: DeltaStore, deltaHashes: readonly string[], signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const read = async (hash: string): Promise<readonly [string, string][]> => {
    try {
      const delta = await store.readDelta(hash, signal);
      return delta === undefined ? [] : [[hash, delta.metadata.referenceHash]];
    } catch (error) {
      if (CoralError.means(error, 'cannot be read')) return [];
      throw error;
    }
  };
  return new Map((await Promise.all(deltaHashes.map(read))).flat());
}
