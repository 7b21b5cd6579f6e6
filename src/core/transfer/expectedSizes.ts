import { tensorBytes } from '../storage/tensorBytes';
import type { WeightStore } from '../storage/weightStore';

/**
 * The size of each weight's tensor, or its stored size where metadata would take a request each. Weights that cannot be read are
 * left out; undefined when cancelled.
 */
export async function expectedSizes(
  hashes: readonly string[], from: WeightStore, signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | undefined> {
  const sizes = new Map<string, number>();
  for (const hash of hashes) {
    const size = from.storedBytes ? from.storedBytes(hash) : await tensorBytes(from, hash, signal);
    if (signal.aborted) return undefined;
    if (size !== undefined) sizes.set(hash, size);
  }
  return sizes;
}
