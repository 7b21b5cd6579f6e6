import { tensorBytes } from '../storage/tensorBytes';
import type { WeightStore } from '../storage/weightStore';

/**
 * Bytes of each weight's tensor; or of what is stored, where the metadata would take a request each. Leaves out what cannot be read;
 * undefined when it was cancelled.
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
