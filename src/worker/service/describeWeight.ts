import { CoralError } from '../../core/base/errors';
import type { Commit } from '../../core/history/commit';
import { byTime } from '../../core/history/graph';
import type { Repository } from '../../core/repository/repository';
import type { RepositoryState } from '../../core/coralFolder/repositoryState';
import { namesOf } from '../../core/coralFolder/names';
import type { SyncStatus } from '../../core/sync/syncStatus';
import type { DeltaStore } from '../../core/storage/deltaStore';
import { byteLengthOf } from '../../core/weights/dtype';
import type { DeltaMetadata } from '../../core/weights/delta';
import { storedName } from '../../core/weights/storedName';
import type { WeightMetadata } from '../../core/weights/weight';
import type { NamedHash, WeightFacts, WeightTarget, WeightVersion } from '../protocol/details';
import { otherVersions } from './otherVersions';

/** All that is known here of a weight; statuses are the last ones of the remotes, by name. */
export async function describeWeight(
  repository: Repository, { hash, name, commit }: WeightTarget, statuses: ReadonlyMap<string, SyncStatus>, signal: AbortSignal,
): Promise<WeightFacts> {
  const state = await repository.state(signal);
  await using store = await repository.localStore('read');
  const stored = await store.metadata(hash, signal);
  const all = [name, ...namesOf(state).get(hash) ?? [], stored && storedName(stored)];
  const names = [...new Set(all.filter((each) => each !== undefined))];
  const versions = await versionsOf(state, hash, names[0], store, signal);
  const deltaHash = versions.find((version) => version.commit === commit && version.name === name)?.deltaHash;
  const delta = deltaHash === undefined ? undefined : await store.deltaMetadata(deltaHash, signal);
  const isThis = (version: WeightVersion): boolean => version.hash === hash && version.deltaHash === deltaHash;
  const ofName = versions.filter((version) => version.name === names[0]);
  return {
    hash, names, isLocal: stored !== undefined && (deltaHash === undefined || delta !== undefined),
    ...(stored && {
      ...tensorFacts(stored), compression: await store.compressionOf(hash, signal),
      storedBytes: await store.storedBytesOf({ kind: 'weight', hash }, signal),
    }),
    ...(delta && { delta: deltaFacts(delta), storedBytes: await store.storedBytesOf({ kind: 'delta', hash: delta.hash }, signal) }),
    commits: versions.filter(isThis),
    otherVersions: otherVersions(state, { versions: ofName, holding: ofName.filter(isThis), commit }, statuses),
    remotes: state.remotes.map((remote) => ({ name: remote.name, holds: holds(statuses.get(remote.name), hash) })),
  };
}

function tensorFacts({ shape, dtype, layerType, modelName }: WeightMetadata): Partial<WeightFacts> {
  return { shape, dtype, byteLength: byteLengthOf(shape, dtype), layerType, modelName };
}

function deltaFacts({ hash, referenceHash, deltaType }: DeltaMetadata): NonNullable<WeightFacts['delta']> {
  return { hash, referenceHash, type: deltaType };
}

function holds(status: SyncStatus | undefined, hash: string): boolean | undefined {
  return status && (status.synced.includes(hash) || status.behind.includes(hash));
}

/** Where commits name this weight, or give its name to another one; newest first. */
async function versionsOf(
  { commits, branches }: RepositoryState, hash: string, name: string | undefined, store: DeltaStore, signal: AbortSignal,
): Promise<WeightVersion[]> {
  const versions: WeightVersion[] = [];
  for (const commit of byTime(commits.values())) {
    const heads = Object.keys(branches).filter((branch) => branches[branch] === commit.commitHash);
    for (const [called, is] of Object.entries(commit.weightHashes)) {
      if (is === hash || called === name) versions.push(await versionOf(commit, called, is, heads, store, signal));
    }
  }
  return versions;
}

async function versionOf(
  { commitHash, deltaWeights, metadata: { message, author, timestamp } }: Commit, name: string, hash: string, branches: readonly string[],
  store: DeltaStore, signal: AbortSignal,
): Promise<WeightVersion> {
  const deltaHash = Object.hasOwn(deltaWeights, name) ? deltaWeights[name] : undefined;
  const isFull = deltaHash === undefined || await isBesideFullCopy(store, deltaHash, hash, signal);
  return { commit: commitHash, name, hash, ...(isFull ? {} : { deltaHash }), message, author, timestamp, branches };
}

/** A delta that is based on another weight than the commit names was added by the commit, beside the full copy. */
async function isBesideFullCopy(store: DeltaStore, deltaHash: string, hash: string, signal: AbortSignal): Promise<boolean> {
  const delta = await store.deltaMetadata(deltaHash, signal).catch((error: unknown) => {
    if (CoralError.is(error, 'cancelled')) throw error;
    return undefined; // a damaged one says so when the weight is read
  });
  return delta !== undefined && delta.referenceHash !== hash;
}

/** "layers.2" before "layers.10" */
const byName = new Intl.Collator('en', { numeric: true });

/** Staging comes before commits, newer commits before older ones. */
export function newestNames({ staged, commits }: RepositoryState): NamedHash[] {
  const newest = new Map<string, string>();
  for (const weights of [staged.weights, ...byTime(commits.values()).map(({ weightHashes }) => weightHashes)]) {
    for (const [name, hash] of Object.entries(weights)) if (!newest.has(name)) newest.set(name, hash);
  }
  return [...newest].map(([name, hash]) => ({ name, hash })).sort((one, other) => byName.compare(one.name, other.name));
}
