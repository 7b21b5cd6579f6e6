import { CoralError } from '../errors';
import type { DeltaStore } from '../storage/deltaStore';
import type { WeightStore } from '../storage/weightStore';
import { contentHash } from '../weights/contentHash';
import { decodeDelta } from '../weights/decodeDelta';
import type { Delta } from '../weights/delta';
import { slices, Weight } from '../weights/weight';

/** What a commit records for a name. */
export interface NamedWeight {
  readonly name: string;
  /** the commit, as the user called it */
  readonly ref: string;
  readonly hash: string;
  readonly deltaHash: string | undefined;
}

/**
 * The delta that the weight must be rebuilt from; undefined when it is stored in full under `hash`. A delta that is based on `hash`
 * was stored instead of the weight, while it was staged; any other was added by the commit, beside the full copy.
 */
export async function stagedDelta(store: DeltaStore, { name, ref, hash, deltaHash }: NamedWeight, signal?: AbortSignal): Promise<Delta | undefined> {
  if (deltaHash === undefined) return undefined;
  const delta = await store.readDelta(deltaHash, signal);
  if (delta !== undefined) return delta.metadata.referenceHash === hash ? delta : undefined;
  throw new CoralError(
    'missing', `"${name}" of ${ref} cannot be read: its delta ${deltaHash} is not in this repository, and without it nobody can tell whether weight ${hash} `
    + 'is this weight or only a similar one. Copy weights.h5 from a repository that has the delta.', { hash: deltaHash });
}

/** The weight itself, in memory. */
export async function rebuilt(store: WeightStore, delta: Delta, { name, ref }: NamedWeight, signal?: AbortSignal): Promise<Weight> {
  const { hash: deltaHash, referenceHash: hash, originalShape: shape, originalDtype: dtype } = delta.metadata;
  const reference = await store.read(hash, signal);
  if (reference === undefined) {
    throw new CoralError('missing', `"${name}" of ${ref} cannot be read: its delta ${deltaHash} is based on weight ${hash}, which is not in this repository. `
      + 'Pull it from a remote that has it.', { hash });
  }
  const data = await decodeDelta(delta, reference, signal);
  const metadata = { name, shape, dtype, compressionInfo: {}, hash: await contentHash(shape, dtype, slices(data)) };
  return new Weight(metadata, 'little', async function* () { yield* slices(data); });
}
