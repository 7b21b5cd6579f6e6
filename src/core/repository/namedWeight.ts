import { CoralError } from '../base/errors';
import type { DeltaStore } from '../storage/deltaStore';
import type { HDF5Store } from '../storage/hdf5/hdf5Store';
import type { WeightStore } from '../storage/weightStore';
import { contentHash } from '../weights/contentHash';
import { decodeDelta } from '../weights/decodeDelta';
import type { Delta } from '../weights/delta';
import { slices } from '../weights/blocks';
import { Weight } from '../weights/weight';
import type { RepositoryState } from '../coralFolder/repositoryState';
import { resolveRef } from '../coralFolder/resolveRef';

/** What a commit records for a name. */
interface NamedWeight {
  readonly name: string;
  /** the commit, as the user called it */
  readonly ref: string;
  readonly hash: string;
  readonly deltaHash: string | undefined;
}

/** What the commit at `ref` records for a name. */
export function namedWeight(state: RepositoryState, name: string, ref: string): NamedWeight {
  const commit = state.commits.get(resolveRef(state, ref) ?? '');
  const hash = commit !== undefined && Object.hasOwn(commit.weightHashes, name) ? commit.weightHashes[name] : undefined;
  if (commit === undefined || hash === undefined) throw new CoralError('missing', `${ref} has no weight "${name}".`);
  return { name, ref, hash, deltaHash: Object.hasOwn(commit.deltaWeights, name) ? commit.deltaWeights[name] : undefined };
}

/** See `Repository.readWeight`; `open` is called again whenever blocks are asked for. */
export async function readNamedWeight(named: NamedWeight, open: () => Promise<HDF5Store>, signal?: AbortSignal): Promise<Weight> {
  const { name, ref, hash } = named;
  await using local = await open();
  const delta = await stagedDelta(local, named, signal);
  if (delta !== undefined) return await rebuilt(local, delta, named, signal);
  const weight = await local.read(hash, signal);
  if (weight === undefined) {
    const text = `"${name}" (${hash}) of ${ref} is not in this repository. Pull it from a remote that has it.`;
    throw new CoralError('missing', text, { hash });
  }
  return new Weight(weight.metadata, weight.byteOrder, async function* (stop) {
    await using again = await open();
    const found = await again.read(hash, stop);
    if (found === undefined) throw new CoralError('missing', `"${name}" (${hash}) has been removed meanwhile.`, { hash });
    yield* found.blocks(stop);
  });
}

/**
 * The delta from which the weight must be rebuilt; undefined when it is stored in full under `hash`. A delta based on `hash` was
 * stored instead of the weight, while it was staged; any other delta was added by the commit, beside the full copy.
 */
async function stagedDelta(
  store: DeltaStore, { name, ref, hash, deltaHash }: NamedWeight, signal?: AbortSignal,
): Promise<Delta | undefined> {
  if (deltaHash === undefined) return undefined;
  const delta = await store.readDelta(deltaHash, signal);
  if (delta !== undefined) return delta.metadata.referenceHash === hash ? delta : undefined;
  throw new CoralError(
    'missing', `"${name}" of ${ref} cannot be read: its delta ${deltaHash} is not in this repository, and without it nobody can tell whether weight ${hash} `
    + 'is this weight or only a similar one. Copy weights.h5 from a repository that has the delta.', { hash: deltaHash });
}

/** The weight itself, in memory. */
async function rebuilt(store: WeightStore, delta: Delta, { name, ref }: NamedWeight, signal?: AbortSignal): Promise<Weight> {
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
